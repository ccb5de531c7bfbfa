package main

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestBenchWire_advice: a server that is not ready is told of with what mends that, by its cause.
func TestBenchWire_advice(t *testing.T) {
	secure := func(config *tls.Config) *httptest.Server {
		s := httptest.NewUnstartedServer(http.HandlerFunc(answerOne))
		s.Config.ErrorLog, s.TLS = log.New(io.Discard, "", 0), config
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	s := secure(nil)
	strict := secure(&tls.Config{ClientAuth: tls.RequireAnyClientCert})
	page := webServer(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<html><title>400 No required SSL certificate was sent</title></html>", http.StatusBadRequest)
	})
	plain := webServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/models" {
			http.NotFound(w, r)
			return
		}
		answerOne(w, r)
	})
	alert := listen(t, func(c net.Conn) { _, _ = c.Write([]byte("\x15\x03\x01\x00\x02\x02\x46")) })
	silent := listen(t, func(net.Conn) {})
	gone := httptest.NewServer(nil)
	gone.Close()
	ca := write(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	const usual = "start it, wait longer with --wait, or mend --target"
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"unknown authority":  {[]string{"--target", s.URL}, "name the authority that signed its certificate with --ca-file"},
		"certificate wanted": {[]string{"--target", strict.URL, "--ca-file", ca}, "say who you are with --client-cert and --client-key"},
		"the same of nginx":  {[]string{"--target", page.URL}, "say who you are with --client-cert and --client-key"},
		"other host":         {[]string{"--target", strings.Replace(s.URL, "127.0.0.1", "localhost", 1), "--ca-file", ca}, "name the host that its certificate is for with --tls-server-name"},
		"no HTTP/2 over TLS": {[]string{"--target", s.URL, "--ca-file", ca, "--http2"}, "leave --http2 out"},
		"no HTTP/2":          {[]string{"--target", plain.URL, "--http2"}, "leave --http2 out"},
		"no such ready path": {[]string{"--target", plain.URL, "--ready-path", "/nope"}, "mend --ready-path"},
		"an endpoint's path": {[]string{"--target", plain.URL + "/v1/chat/completions"}, "leave the path of the endpoint out of --target; --endpoint says which one"},
		"http to a TLS port": {[]string{"--target", "http" + strings.TrimPrefix(s.URL, "https")}, "if it speaks TLS, begin --target with https://"},
		"a TLS alert":        {[]string{"--target", "http://" + alert}, "if it speaks TLS, begin --target with https://"},
		"closed at once":     {[]string{"--target", "http://" + silent}, "if it speaks TLS, begin --target with https://"},
		"nobody there":       {[]string{"--target", gone.URL}, usual},
	} {
		t.Run(name, func(t *testing.T) {
			model := []string{"--model="} // of an API without a list of models none is needed where one is named
			b := benchAgainst(t, nil, append(model, append(tt.args, "--wait", "0")...)...)
			if b.code != exitRemote || !strings.Contains(b.stderr, "; "+tt.says) {
				t.Errorf("exit code %d, said %s", b.code, b.stderr)
			}
			if tt.says != usual && strings.Contains(b.stderr, usual) {
				t.Errorf("said %s", b.stderr)
			}
		})
	}
}

// listen serves TCP connections, each of which is closed after answer. It returns the address.
func listen(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 4096))
			answer(c)
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}
