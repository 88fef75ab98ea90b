package main

import (
	"bytes"
	"os"
	"os/exec"
	"time"
)

var hoard []byte

func main() {
	if len(os.Args) > 1 {
		hoard = bytes.Repeat([]byte("x"), 8<<20)
		time.Sleep(time.Hour)
	}
	for range 50 {
		exec.Command(os.Args[0], "child").Start()
	}
	time.Sleep(time.Hour)
}
