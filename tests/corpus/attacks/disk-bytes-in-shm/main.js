require("fs").writeFileSync("/dev/shm/bomb", Buffer.alloc(40 << 20, 1));
console.log("breached");
