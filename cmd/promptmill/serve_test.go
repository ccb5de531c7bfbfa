package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
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
	server := exec.Command("promptmill", append(args[1:], "--listen", "127.0.0.1:0")...)
	server.Dir = ts.Getenv("WORK")
	server.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "HF_HOME="+ts.Getenv("HF_HOME"))
	stdout, err := server.StdoutPipe()
	ts.Check(err)
	ts.Check(server.Start())
	ts.Defer(func() {
		_ = server.Process.Kill() // a server has nothing to lose
		_ = server.Wait()
	})
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadString('\n')
	if err != nil {
		ts.Fatalf("%v did not start: %v", args[1:], err)
	}
	go io.Copy(io.Discard, lines)
	ts.Setenv(args[0], strings.TrimSpace(line))
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
