package bench_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"testing"
	"time"

	"github.com/promptmill/promptmill/bench/mock"
	"github.com/promptmill/promptmill/bench/openai"
)

// A carrier is a way from the client to a server with a fault.
type carrier struct {
	name   string
	engine string
	secure bool
	http2  bool
}

// carriers are those that this system has.
func carriers() []carrier {
	all := []carrier{
		{name: "net-http", engine: openai.EngineNetHTTP},
		{name: "net-http-tls", engine: openai.EngineNetHTTP, secure: true},
		{name: "http2", http2: true},
		{name: "http2-tls", http2: true, secure: true},
	}
	if runtime.GOOS == "linux" {
		all = append(all,
			carrier{name: "http1", engine: openai.EngineHTTP1},
			carrier{name: "http1-tls", engine: openai.EngineHTTP1, secure: true})
	}
	return all
}

// reach serves until the test ends, and returns how a client gets there.
func (c carrier) reach(t *testing.T, cfg mock.Config) (*mock.Server, openai.Config) {
	t.Helper()
	client := openai.Config{Engine: c.engine, HTTP2: c.http2}
	var secrets *tls.Config
	if c.secure {
		secrets, client.TLS = identity(t)
	}
	var server *mock.Server
	if c.http2 {
		server, client.BaseURL = serveMock(t, cfg)
		client.BaseURL = front(t, client.BaseURL, secrets, cfg.CloseAfter > 0)
	} else {
		server, client.BaseURL = serveMockOver(t, cfg, secrets)
	}
	return server, client
}

// identity makes what a server at 127.0.0.1 needs to be believed, and a client to believe it. Its key is of the kind that
// is quick.
func identity(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	believed := x509.NewCertPool()
	believed.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: believed}
}

// front speaks HTTP/2 for a server that does not, until the test ends. What breaks off behind it, it breaks off; closing, it
// wants each connection closed after an answer.
func front(t *testing.T, behind string, secrets *tls.Config, closing bool) string {
	t.Helper()
	to, err := url.Parse(behind)
	if err != nil {
		t.Fatal(err)
	}
	backend := &http.Transport{DisableKeepAlives: true}
	quiet := log.New(io.Discard, "", 0)
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(to) },
		Transport:     backend,
		FlushInterval: -1,
		ErrorLog:      quiet,
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ModifyResponse: func(res *http.Response) error {
			if closing {
				res.Header.Set("Connection", "close") // GOAWAY, in HTTP/2
			}
			return nil
		},
	}
	s := httptest.NewUnstartedServer(proxy)
	s.Config.ErrorLog, s.TLS = quiet, secrets
	if secrets != nil {
		s.EnableHTTP2 = true
		s.StartTLS()
	} else {
		s.Config.Protocols = new(http.Protocols)
		s.Config.Protocols.SetUnencryptedHTTP2(true)
		s.Start()
	}
	t.Cleanup(func() {
		s.Close()
		backend.CloseIdleConnections()
	})
	return s.URL
}

// serveMock serves until the test ends.
func serveMock(t *testing.T, cfg mock.Config) (*mock.Server, string) {
	t.Helper()
	return serveMockOver(t, cfg, nil)
}

// serveMockOver is serveMock over TLS, where there are secrets for it.
func serveMockOver(t *testing.T, cfg mock.Config, secrets *tls.Config) (*mock.Server, string) {
	t.Helper()
	server, err := mock.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	if secrets != nil {
		l, address = tls.NewListener(l, secrets), "https://"+l.Addr().String()
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return server, address
}
