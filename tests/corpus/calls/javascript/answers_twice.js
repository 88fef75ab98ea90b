// failed: answered
const files = require("fs")
const write = files.writeSync
files.writeSync = (...given) => write(given[0], given[1]) && write(...given)

function add(a, b) {
    return a + b
}
