// A plugin: exports acme:text/slug, imports nothing.

#include <ctype.h>
#include <stdlib.h>

#include "slugger.h"

void exports_acme_text_slug_slug(slugger_string_t *title, slugger_string_t *slug) {
  slug->ptr = malloc(title->len);
  if (!slug->ptr && title->len) abort();
  slug->len = 0;
  for (size_t i = 0; i < title->len; i++) {
    if (!isalnum(title->ptr[i])) continue;
    if (slug->len && !isalnum(title->ptr[i - 1])) slug->ptr[slug->len++] = '-';
    slug->ptr[slug->len++] = tolower(title->ptr[i]);
  }
  slugger_string_free(title);
}
