function upper(name) {
  throw new TypeError(`no upper case of ${name}`);
}

export const greeter = {
  greet(name, up) {
    return up ? upper(name) : `Hello, ${name}`;
  },
};
