// Command promptmill turns datasets into prompts and servers into numbers. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

func main() {
	spareCollections(os.Getenv)
	ctx, stop := interruptible(context.Background())
	home, _ := os.UserHomeDir()
	code := run(ctx, os.Args[1:], &process{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		getenv: os.Getenv, home: home,
	})
	stop()
	os.Exit(code)
}

// process is everything of the operating system that commands may touch.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	home           string // for ~/.cache
	screen         screen
	quiet          bool     // no notices but warnings
	names          []string // pairs of a folder that stands for a place in an S3 store, and that place
}

// errInterrupted is the cause of the context after the first Ctrl-C.
var errInterrupted = errors.New("interrupted")

// sameSignal is how long after the first signal another one is taken for the same: timeout(1), make and terminals
// signal a process and the group it is in.
const sameSignal = 200 * time.Millisecond

// interruptible returns a context that the first SIGINT, SIGTERM or, unless nohup(1) has it ignored, SIGHUP ends. The second
// ends the process.
func interruptible(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // a terminal that is closed
		signal.Notify(signals, syscall.SIGHUP)
	}
	go obey(signals, func() { cancel(errInterrupted) }, func() { os.Exit(exitKilled) })
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
	}
}

// obey interrupts at the first signal, and kills at the next that is another one, until there are no more.
func obey(signals <-chan os.Signal, interrupt, kill func()) {
	if _, ok := <-signals; !ok {
		return
	}
	first := time.Now()
	interrupt()
	for range signals {
		if time.Since(first) >= sameSignal {
			kill()
		}
	}
}

// run is the program: it returns the exit code, and is the only place where an error becomes one.
func run(ctx context.Context, args []string, p *process) (code int) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(p.stderr, "promptmill: internal error: %v\n%s\nThis is a bug in promptmill; please report it with the command you ran.\n", v, debug.Stack())
			code = exitBug
		}
	}()
	err := newApp(p).start(ctx, args)
	if err == nil {
		return exitOK
	}
	if msg := err.Error(); msg != "" {
		fmt.Fprintf(p.stderr, "promptmill: %s\n", printable(p.named(msg)))
	}
	return exitCode(err)
}
