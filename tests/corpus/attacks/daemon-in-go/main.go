package main

import (
	"net"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	if len(os.Args) > 1 {
		server, _ := net.Listen("tcp", "127.0.0.1:4000")
		os.Stdout.Close()
		for {
			if visitor, err := server.Accept(); err == nil {
				visitor.Write([]byte("breached"))
				visitor.Close()
			}
		}
	}
	child := exec.Command("/proc/self/exe", "serve")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, _ := child.StdoutPipe()
	child.Start()
	out.Read(make([]byte, 1))
}
