export const greeter = {
  greet(name, up) {
    const greeting = `Hello, ${name}`;
    return up ? greeting.toUpperCase() : greeting;
  },
};
