// passed:
async function add(a, b) {
    console.log("add", a, b)
    await new Promise((done) => setTimeout(done, 1))
    return a + b
}
