// crashed: call 1 raised no
package main

func add(a, b int) int { panic("no") }
