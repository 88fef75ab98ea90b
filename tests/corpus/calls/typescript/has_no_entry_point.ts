// no_program:defines no such function
const plus = (a, b) => a + b
