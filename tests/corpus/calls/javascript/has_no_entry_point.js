// crashed: add is not defined
const plus = (a, b) => a + b
