// What guests of the tests import, as `--imports` takes it.

export const formatter = { reverse: (text) => [...text].reverse().join("") };

class Store {
  static defaultName() {
    return "none";
  }
  put() {}
  size() {
    return 0;
  }
}

const same = (value) => value;

export const host = {
  Store,
  relay: same,
  notify() {},
  check: same,
  bytes: same,
  find() {},
  describe: () => "",
  close() {},
};

export const rates = { rate: () => 1.25 };

export const log = { note() {} };
