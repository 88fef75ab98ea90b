const fs = require("fs");
for (const name of ["3", "4", "5"]) {
    let to = "";
    try { to = fs.readlinkSync(`/proc/self/fd/${name}`); } catch {}
    if (to.startsWith("socket:") && fs.readlinkSync("/proc/self/fd/0") !== to) console.log("breached", name, to);
}
