package main

import (
	"fmt"
	"os"
)

func main() {
	if err := os.WriteFile("/dev/shm/bomb", make([]byte, 40<<20), 0600); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("breached")
}
