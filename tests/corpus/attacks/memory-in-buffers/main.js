const held = [];
for (let n = 0; n < 60; n++) held.push(Buffer.alloc(10 << 20, 1));
console.log("breached");
