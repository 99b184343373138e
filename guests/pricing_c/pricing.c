// A plugin that prices carts: exports anyhost:pricing/pricing, and asks its host for rates and for a place to note things.

#include <math.h>
#include <stdckdint.h>
#include <stdlib.h>
#include <string.h>

#include "pricing_plugin.h"

typedef anyhost_pricing_rates_currency_t currency_t;
typedef exports_anyhost_pricing_pricing_cart_t cart_t;
typedef exports_anyhost_pricing_pricing_discount_t discount_t;
typedef exports_anyhost_pricing_pricing_line_item_t item_t;
typedef exports_anyhost_pricing_pricing_own_session_t own_session_t;
typedef exports_anyhost_pricing_pricing_pricing_error_t error_t;
typedef exports_anyhost_pricing_pricing_quotation_t quotation_t;
typedef exports_anyhost_pricing_pricing_session_t session_t;
typedef pricing_plugin_string_t string_t;

#define ERROR(name) EXPORTS_ANYHOST_PRICING_PRICING_PRICING_ERROR_##name
#define DISCOUNT(name) EXPORTS_ANYHOST_PRICING_PRICING_DISCOUNT_##name
#define EUR ANYHOST_PRICING_RATES_CURRENCY_EUR
#define JPY ANYHOST_PRICING_RATES_CURRENCY_JPY

// Fails as the functions of the bindings do: with an error, which has no payload here, and false.
#define FAIL(name) return error->tag = ERROR(name), false

// A session's currency, and its lines so far.
struct exports_anyhost_pricing_pricing_session_t {
  currency_t currency;
  item_t *lines;
  size_t count;
};

static const uint32_t max_quantity = 999;

// What handling costs, in cents: fragile, gift wrapping, express, in the order of the flags.
static const uint64_t fees[] = {150, 300, 990};

// Traps if there is no more memory.
static void *resized(void *block, size_t size) {
  block = realloc(block, size);
  if (!block && size) __builtin_trap();
  return block;
}

static uint64_t minor_units(currency_t currency) { return currency == JPY ? 1 : 100; }

// Room for the longest text of this file: the words and digits of a note.
typedef struct {
  char text[80];
  size_t length;
} text_t;

static void put(text_t *to, const char *words) {
  size_t length = strlen(words);
  memcpy(to->text + to->length, words, length);
  to->length += length;
}

static void put_number(text_t *to, uint64_t number, size_t least) {
  char digits[21] = {0};
  size_t at = sizeof(digits) - 1;
  for (; number || sizeof(digits) - 1 - at < least; number /= 10) digits[--at] = '0' + (char)(number % 10);
  put(to, digits + at);
}

static void put_amount(text_t *to, uint64_t amount, currency_t currency) {
  static const char *names[] = {" EUR", " USD", " GBP", " JPY"};
  uint64_t units = minor_units(currency);
  put_number(to, amount / units, 1);
  if (units > 1) {
    put(to, ".");
    put_number(to, amount % units, 2);
  }
  put(to, names[currency]);
}

// The nearest amount, half of a minor unit away from zero; false if it is too much.
static bool rounded(double value, int64_t *amount) {
  static const double limit = 9223372036854775808.0;
  value += value < 0 ? -0.5 : 0.5;
  if (!(value > -limit && value < limit)) return false;
  *amount = (int64_t)value;
  return true;
}

// By what an amount in minor units of `from` is multiplied, to be one of `to`.
static bool factor(currency_t from, currency_t to, double *by, error_t *error) {
  double rate;
  if (!anyhost_pricing_rates_rate(from, to, &rate, &error->val.no_rate)) FAIL(NO_RATE);
  if (!(rate > 0 && rate < INFINITY)) {
    pricing_plugin_string_dup(&error->val.no_rate, "a rate that is no positive number");
    FAIL(NO_RATE);
  }
  *by = rate * (double)minor_units(to) / (double)minor_units(from);
  return true;
}

// What goes off the goods.
static bool discounted(uint64_t subtotal, const discount_t *discount, int64_t *off, error_t *error) {
  int64_t most = subtotal > INT64_MAX ? INT64_MAX : (int64_t)subtotal;
  *off = 0;
  if (discount->tag == DISCOUNT(PERCENTAGE)) {
    double percentage = discount->val.percentage;
    if (!(percentage >= 0 && percentage <= 100)) {
      error->val.discount_out_of_range = percentage;
      FAIL(DISCOUNT_OUT_OF_RANGE);
    }
    if (!rounded((double)subtotal * percentage / 100, off)) *off = INT64_MAX;
  } else if (discount->tag == DISCOUNT(AMOUNT)) {
    *off = discount->val.amount;
  }
  if (*off > most) *off = most;
  return true;
}

static bool quote(currency_t currency, const item_t *items, size_t count, const discount_t *discount,
                  quotation_t *quotation, error_t *error) {
  if (!count) FAIL(EMPTY_CART);
  uint64_t subtotal = 0, cents = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t price;
    if (items[i].quantity < 1 || items[i].quantity > max_quantity) {
      string_t *sku = &error->val.quantity_out_of_range.f0;
      pricing_plugin_string_dup_n(sku, (const char *)items[i].sku.ptr, items[i].sku.len);
      error->val.quantity_out_of_range.f1 = items[i].quantity;
      FAIL(QUANTITY_OUT_OF_RANGE);
    }
    if (ckd_mul(&price, items[i].unit_price, items[i].quantity)) FAIL(TOO_MUCH);
    if (ckd_add(&subtotal, subtotal, price)) FAIL(TOO_MUCH);
    for (size_t j = 0; j < sizeof(fees) / sizeof(fees[0]); j++)
      if (items[i].handling >> j & 1) cents += fees[j];
  }
  int64_t off, changed;
  if (!discounted(subtotal, discount, &off, error)) return false;
  if (cents && currency != EUR) {
    double by;
    if (!factor(EUR, currency, &by, error)) return false;
    if (!rounded((double)cents * by, &changed)) FAIL(TOO_MUCH);
    cents = (uint64_t)changed;
  }
  uint64_t total;
  if (ckd_sub(&total, subtotal, off) || ckd_add(&total, total, cents)) FAIL(TOO_MUCH);

  text_t note = {0};
  put(&note, "quoted ");
  put_number(&note, count, 1);
  put(&note, count == 1 ? " line: " : " lines: ");
  put_amount(&note, total, currency);
  anyhost_pricing_log_note(&(string_t){(uint8_t *)note.text, note.length});

  uint64_t whole = subtotal / minor_units(currency);
  *quotation = (quotation_t){
      .currency = currency,
      .lines = {resized(NULL, count * sizeof(*quotation->lines.ptr)), count},
      .subtotal = subtotal,
      .discount = off,
      .fees = cents,
      .total = total,
      .band = whole >= 1000 ? 'A' : whole >= 100 ? 'B' : 'C',
  };
  for (size_t i = 0; i < count; i++) {
    pricing_plugin_string_dup_n(&quotation->lines.ptr[i].f0, (const char *)items[i].sku.ptr, items[i].sku.len);
    quotation->lines.ptr[i].f1 = items[i].unit_price * items[i].quantity;
  }
  return true;
}

bool exports_anyhost_pricing_pricing_quote(cart_t *cart, quotation_t *quotation, error_t *error) {
  bool done = quote(cart->currency, cart->lines.ptr, cart->lines.len, &cart->discount, quotation, error);
  if (done && cart->customer.is_some) {
    static const char greeting[] = {'f', 'o', 'r', ' '};
    string_t *note = &quotation->note.val, *customer = &cart->customer.val;
    quotation->note.is_some = true;
    note->len = sizeof(greeting) + customer->len;
    note->ptr = resized(NULL, note->len);
    memcpy(note->ptr, greeting, sizeof(greeting));
    memcpy(note->ptr + sizeof(greeting), customer->ptr, customer->len);
  }
  exports_anyhost_pricing_pricing_cart_free(cart);
  return done;
}

bool exports_anyhost_pricing_pricing_convert(int64_t amount, currency_t from, currency_t to, int64_t *converted,
                                             error_t *error) {
  *converted = amount;
  if (from == to) return true;
  double by;
  if (!factor(from, to, &by, error)) return false;
  if (!rounded((double)amount * by, converted)) FAIL(TOO_MUCH);
  return true;
}

void exports_anyhost_pricing_pricing_show(int64_t amount, currency_t currency, string_t *shown) {
  text_t text = {0};
  if (amount < 0) put(&text, "-");
  put_amount(&text, amount < 0 ? -(uint64_t)amount : (uint64_t)amount, currency);
  pricing_plugin_string_dup_n(shown, text.text, text.length);
}

own_session_t exports_anyhost_pricing_pricing_constructor_session(currency_t currency) {
  session_t *session = resized(NULL, sizeof(*session));
  *session = (session_t){.currency = currency};
  return exports_anyhost_pricing_pricing_session_new(session);
}

void exports_anyhost_pricing_pricing_session_destructor(session_t *session) {
  for (size_t i = 0; i < session->count; i++) exports_anyhost_pricing_pricing_line_item_free(&session->lines[i]);
  free(session->lines);
  free(session);
}

uint32_t exports_anyhost_pricing_pricing_method_session_add(session_t *session, item_t *line) {
  session->lines = resized(session->lines, (session->count + 1) * sizeof(*line));
  session->lines[session->count] = *line;
  return ++session->count;
}

bool exports_anyhost_pricing_pricing_method_session_quote(session_t *session, discount_t *discount,
                                                          quotation_t *quotation, error_t *error) {
  return quote(session->currency, session->lines, session->count, discount, quotation, error);
}

bool exports_anyhost_pricing_pricing_static_session_merge(own_session_t one_handle, own_session_t other_handle,
                                                          own_session_t *merged, error_t *error) {
  session_t *one = exports_anyhost_pricing_pricing_session_rep(one_handle);
  session_t *other = exports_anyhost_pricing_pricing_session_rep(other_handle);
  bool alike = one->currency == other->currency;
  if (alike) {
    one->lines = resized(one->lines, (one->count + other->count) * sizeof(*one->lines));
    if (other->count) memcpy(one->lines + one->count, other->lines, other->count * sizeof(*one->lines));
    one->count += other->count;
    other->count = 0;  // its lines are the one's now
    *merged = one_handle;
  } else {
    error->tag = ERROR(MIXED_CURRENCIES);
    error->val.mixed_currencies.f0 = one->currency;
    error->val.mixed_currencies.f1 = other->currency;
    exports_anyhost_pricing_pricing_session_drop_own(one_handle);
  }
  exports_anyhost_pricing_pricing_session_drop_own(other_handle);
  return alike;
}
