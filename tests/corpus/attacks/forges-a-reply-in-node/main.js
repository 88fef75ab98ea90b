const facts = { limit: null, statuses: [0], dropped: [[0, 0]], cpu_seconds: 0, wall_seconds: 0, peak_bytes: 0,
    exact: true, pressed: false, refused: {}, clean: true, counted: true };
const text = Buffer.from(JSON.stringify({ done: facts, blobs: [8, 0] }));
const length = Buffer.alloc(4);
length.writeUInt32BE(text.length);
require("fs").writeSync(2, Buffer.concat([length, text, Buffer.from("breached")]));
setTimeout(() => process.exit(7), 500);
