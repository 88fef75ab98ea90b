// failed: by another process
const child = `
const fs = require("fs")
const data = Buffer.alloc(65536)
const message = data.subarray(4, fs.readSync(3, data, 0, 65536, null))
const reply = Buffer.concat([message.subarray(0, 16), Buffer.from("ri3;")])
const size = Buffer.alloc(4)
size.writeUInt32BE(reply.length)
fs.writeSync(3, Buffer.concat([size, reply]))
`
require("child_process").spawnSync(process.execPath, ["-e", child], { stdio: [0, 1, 2, 3] })

function add(a, b) {
    return a + b
}
