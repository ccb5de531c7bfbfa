package live

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// A Collector takes metrics by OTLP over HTTP.
type Collector struct {
	URL     string
	Headers map[string]string // for it alone; secrets, as they have its token
	Every   time.Duration     // between two times that it is sent metrics; 0 is 5 s
	Limit   time.Duration     // for its answer, after which it is left alone until the next time; 0 is 5 s
}

// metricsPath is where a collector takes metrics, unless its URL says otherwise.
const metricsPath = "/v1/metrics"

// ParseCollector reads the URL of a collector, and the headers for it as OTEL_EXPORTER_OTLP_HEADERS has them:
// "name=value,other=value", the values percent-encoded. Without TLS headers go to a loopback address only. Errors have
// nothing of the headers.
func ParseCollector(address, headers string) (Collector, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return Collector{}, errors.New("expected the URL of a collector, such as http://127.0.0.1:4318")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return Collector{}, errors.New("expected a URL without user, password and query: who you are goes into OTEL_EXPORTER_OTLP_HEADERS")
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = metricsPath
	}
	c := Collector{URL: u.String()}
	if c.Headers, err = parseHeaders(headers); err != nil {
		return Collector{}, fmt.Errorf("OTEL_EXPORTER_OTLP_HEADERS: %w", err)
	}
	if len(c.Headers) > 0 && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return Collector{}, errors.New("OTEL_EXPORTER_OTLP_HEADERS would cross the network for all to read: expected https://, or a collector on this machine")
	}
	return c, nil
}

func parseHeaders(text string) (map[string]string, error) {
	headers := map[string]string{}
	for i, pair := range strings.Split(text, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		name, encoded, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(encoded))
		name = strings.TrimSpace(name)
		if !ok || err != nil || name == "" || strings.ContainsAny(name, " \t\r\n:\x00") || strings.ContainsAny(value, "\r\n\x00") {
			return nil, fmt.Errorf("header %d: expected name=value, the value percent-encoded", i+1)
		}
		headers[name] = value
	}
	return headers, nil
}

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback() || strings.EqualFold(host, "localhost")
}
