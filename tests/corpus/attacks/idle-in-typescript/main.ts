new Promise<void>((done) => setTimeout(done, 3000)).then(() => console.log("breached"));
