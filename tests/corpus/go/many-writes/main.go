package main

import "fmt"

func main() {
	for i := range 20000 {
		fmt.Println(i)
	}
}
