// failed: which is no exact integer
function add(a, b) {
    return NaN
}
