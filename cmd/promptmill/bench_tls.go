package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// tlsFlags say whom an https:// target is believed, and who this client says that it is.
func tlsFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "ca-file", Usage: "PEM `FILE` of the authorities that the server's certificate may be from, in the place of the system's"},
		&cli.StringFlag{Name: "client-cert", Usage: "PEM `FILE` with the certificate to show to the server"},
		&cli.StringFlag{Name: "client-key", Usage: "PEM `FILE` with its key (default: the file of --client-cert)"},
		&cli.StringFlag{Name: "tls-server-name", Usage: "`NAME` that the server's certificate must have (default: the host of the target)"},
		&cli.BoolFlag{Name: "insecure", Usage: "believe any certificate: who answers may be anybody, and reads prompts and API key"},
	}
}

// unusedTLS is the error of a check of certificates where nobody shows one.
func (plan *benchPlan) unusedTLS(c *cli.Context) error {
	asked := append(slices.Clone(plan.urls), plan.serverMetrics, plan.clockReference, c.String("proxy"))
	if len(plan.urls) == 0 || slices.ContainsFunc(asked, func(u string) bool { return strings.HasPrefix(strings.ToLower(u), "https:") }) {
		return nil
	}
	for _, flag := range []string{"ca-file", "insecure"} {
		if c.IsSet(flag) {
			return usagef("--%s is for https:// targets, and there is none", flag)
		}
	}
	return nil
}

// readTLS makes the TLS configuration; nil means the system's.
func (a *app) readTLS(c *cli.Context) (*tls.Config, error) {
	ca, cert, key := c.String("ca-file"), c.String("client-cert"), c.String("client-key")
	config := &tls.Config{ServerName: c.String("tls-server-name"), InsecureSkipVerify: c.Bool("insecure")}
	switch {
	case config.InsecureSkipVerify && ca != "":
		return nil, usagef("--insecure believes any certificate, --ca-file only some: give one of them")
	case key != "" && cert == "":
		return nil, usagef("--client-key needs the certificate that it belongs to: --client-cert")
	case config.InsecureSkipVerify:
		a.logf("WARNING: --insecure: nobody checks who answers; prompts and API key may go to anybody")
	}
	if ca != "" {
		pem, err := readFile(ca)
		if err != nil {
			return nil, fmt.Errorf("--ca-file: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--ca-file %s: no certificate in it; expected PEM text with BEGIN CERTIFICATE", ca)
		}
	}
	if cert != "" {
		pair, err := readPair(cert, key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// readPair reads a certificate and its key, which is in the same file where key is "".
func readPair(cert, key string) (pair tls.Certificate, err error) {
	certPEM, err := readFile(cert)
	if err != nil {
		return pair, fmt.Errorf("--client-cert: %w", err)
	}
	keyPEM := certPEM
	if key != "" {
		if keyPEM, err = readFile(key); err != nil {
			return pair, fmt.Errorf("--client-key: %w", err)
		}
	}
	if pair, err = tls.X509KeyPair(certPEM, keyPEM); err != nil {
		return pair, fmt.Errorf("--client-cert %s, --client-key %s: %w", cert, cmp.Or(key, cert), err)
	}
	return pair, nil
}
