// passed:
package main

import "fmt"

func add(a, b int) int {
	result := make(chan int)
	go func() { result <- a + b }()
	fmt.Println("add", a, b)
	return <-result
}
