package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdServe starts a promptmill command that serves, and puts the URL it prints into a variable:
//
//	serve LLM_URL mock --ttft 5ms
//
// The server ends with the script.
func cmdServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: serve VARIABLE COMMAND [ARGS]")
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	r, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		code := run(ctx, append(args[1:], "--listen", "127.0.0.1:0"), &process{
			stdin: strings.NewReader(""), stdout: w, stderr: io.Discard,
			getenv: ts.Getenv, home: ts.Getenv("WORK"),
		})
		w.Close()
		ended <- code
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		ts.Fatalf("%v did not start: exit code %d", args[1:], <-ended)
	}
	go io.Copy(io.Discard, r)
	ts.Setenv(args[0], strings.TrimSpace(line))
	ts.Defer(func() {
		cancel(errInterrupted)
		<-ended
	})
}

// cmdAwait waits until the mock server has answered some requests:
//
//	await $LLM_URL 20
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await URL REQUESTS")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		resp, err := http.Get(args[0] + "/mock/sends")
		ts.Check(err)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		ts.Check(err)
		if strings.Count(string(body), "\n") >= want {
			return
		}
	}
	ts.Fatalf("the server has not answered %d requests", want)
}
