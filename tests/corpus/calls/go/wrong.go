// failed: call 4
package main

func add(a, b int) int {
	if a < 100 {
		return a + b
	}
	return a
}
