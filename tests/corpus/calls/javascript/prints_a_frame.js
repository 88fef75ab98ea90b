// failed: was answered
const frame = "\0\0\0\x14" + "0".repeat(16) + "ri3;"
console.log(frame)
require("fs").writeSync(3, frame)

function add(a, b) {
    return a + b
}
