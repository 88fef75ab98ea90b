import * as fs from "fs";
const part: Buffer = Buffer.alloc(1 << 16, 120);
for (let n = 0; n < 480; n++) {
    try { fs.writeSync(1, part); } catch (error: any) { if (error.code !== "EAGAIN") throw error; n--; }
}
fs.writeSync(2, "breached");
