const fs = require("fs");
for (let name = 3; name < 64; name++) {
    let to = "";
    try { to = fs.readlinkSync(`/proc/self/fd/${name}`); } catch {}
    if (to.startsWith("socket:")) console.log("breached", name, to);
}
