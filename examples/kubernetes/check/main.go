// Command check checks manifests against the types of the Kubernetes API, in which a field that is unknown, given
// twice or of another type is an error, and prints what each container of a Job is started with, as JSON: its name, its
// arguments, the number of completions and the environment that the manifests themselves give it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	strict "sigs.k8s.io/yaml"
)

// A start is how a container is started.
type start struct {
	Job         string            `json:"job"`
	Args        []string          `json:"args"`
	Completions int32             `json:"completions"`
	Env         map[string]string `json:"env"`
}

func main() {
	starts, err := check(os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(starts)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(paths []string) ([]start, error) {
	var starts []start
	settings := map[string]map[string]string{} // of ConfigMaps
	var jobs []batch.Job
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
		for {
			document, err := documents.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			job, config, err := decode(document)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			if job != nil {
				jobs = append(jobs, *job)
			} else {
				settings[config.Name] = config.Data
			}
		}
	}
	for _, job := range jobs {
		s, err := startOf(&job, settings)
		if err != nil {
			return nil, fmt.Errorf("job %s: %w", job.Name, err)
		}
		starts = append(starts, s)
	}
	return starts, nil
}

func decode(document []byte) (*batch.Job, *core.ConfigMap, error) {
	var kind struct{ APIVersion, Kind string }
	if err := strict.Unmarshal(document, &kind); err != nil {
		return nil, nil, err
	}
	switch kind.APIVersion + " " + kind.Kind {
	case "batch/v1 Job":
		var job batch.Job
		return &job, nil, strict.UnmarshalStrict(document, &job)
	case "v1 ConfigMap":
		var config core.ConfigMap
		return nil, &config, strict.UnmarshalStrict(document, &config)
	}
	return nil, nil, fmt.Errorf("kind %q of %q is none that the examples use", kind.Kind, kind.APIVersion)
}

// startOf holds what the API server would refuse beyond the types, as far as the examples depend on it.
func startOf(job *batch.Job, settings map[string]map[string]string) (start, error) {
	s := start{Job: job.Name, Completions: 1, Env: map[string]string{}}
	pod := &job.Spec.Template.Spec
	if pod.RestartPolicy != core.RestartPolicyNever && pod.RestartPolicy != core.RestartPolicyOnFailure {
		return s, errors.New("restartPolicy must be Never or OnFailure")
	}
	if job.Spec.BackoffLimitPerIndex != nil && (job.Spec.CompletionMode == nil || *job.Spec.CompletionMode != batch.IndexedCompletion || pod.RestartPolicy != core.RestartPolicyNever) {
		return s, errors.New("backoffLimitPerIndex needs completionMode Indexed and restartPolicy Never")
	}
	if job.Spec.Completions != nil {
		s.Completions = *job.Spec.Completions
	}
	if len(pod.Containers) != 1 {
		return s, fmt.Errorf("%d containers, want one", len(pod.Containers))
	}
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = true
	}
	c := &pod.Containers[0]
	for _, m := range c.VolumeMounts {
		if !volumes[m.Name] {
			return s, fmt.Errorf("it mounts %s, which is no volume of the pod", m.Name)
		}
	}
	for _, from := range c.EnvFrom {
		if from.ConfigMapRef != nil {
			data, known := settings[from.ConfigMapRef.Name]
			if !known {
				return s, fmt.Errorf("there is no ConfigMap %s", from.ConfigMapRef.Name)
			}
			for name, value := range data {
				s.Env[name] = value
			}
		}
	}
	s.Args = c.Args
	return s, nil
}
