const hoard: Buffer[] = [];
while (true) hoard.push(Buffer.alloc(1 << 20, 1));
