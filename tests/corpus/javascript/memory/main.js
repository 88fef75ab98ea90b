const hoard = [];
while (true) hoard.push(Buffer.alloc(1 << 20, 1));
