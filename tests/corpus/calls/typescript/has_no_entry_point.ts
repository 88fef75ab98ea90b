// not_compiled: Cannot find name 'add'
const plus = (a, b) => a + b
