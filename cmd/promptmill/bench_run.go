package main

import (
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"time"

	"github.com/promptmill/promptmill/bench/results"
)

// describe is the run as known before its first request.
func (plan *benchPlan) describe(epoch time.Time) *results.Run {
	return &results.Run{
		SchemaVersion: results.SchemaVersion,
		ID:            newRunID(),
		Tool:          "promptmill " + version(),
		StartedAt:     epoch,
		Target:        withoutSecrets(plan.client.BaseURL),
		Endpoint:      string(plan.client.Endpoint),
		Model:         plan.body.Model,
		Engine:        "net/http",
		Config:        plan.config,
		Prompts:       plan.prompts.set,
		Host:          describeHost(),
		Manifest:      plan.prompts.manifest,
	}
}

func newRunID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails, says crypto/rand
	return hex.EncodeToString(b[:])
}

// withoutSecrets takes user, password, query and fragment off a URL.
func withoutSecrets(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
