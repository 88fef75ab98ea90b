// failed: call 1
Buffer.prototype.writeDoubleBE = function () { this.fill(0); return 8 }
BigInt.prototype.toString = () => "3"
Number.prototype.toString = () => "3"
Array.isArray = ((value) => false) as any

function add(a, b) {
    return -1
}
