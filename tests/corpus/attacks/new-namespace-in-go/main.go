package main

import (
	"fmt"
	"os/exec"
	"syscall"
)

func main() {
	child := exec.Command("true")
	child.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER}
	if err := child.Run(); err != nil {
		fmt.Println(err)
	} else {
		fmt.Println("breached")
	}
}
