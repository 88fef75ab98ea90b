declare var require: any;
const assert = require("node:assert");
class Node {
    constructor(public value: number) {}
}
const name = new Node(1);
assert.deepEqual(name.value, 1);
console.log(name.constructor.name, name.value);
