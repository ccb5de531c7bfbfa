-- Every figure of `promptmill report --format json`, computed from a results file alone. Set the variable `results` to its
-- path first. The views at the end are what to look at: figures, distributions, tallies and errors, by benchmark.
--
-- docs/metrics.md says in words what this says in SQL. Instants are ns since the start of the run.

CREATE OR REPLACE TABLE requests AS SELECT * FROM read_parquet(getvariable('results'));

-- What the footer says of the benchmarks. A merged run has several windows.
CREATE OR REPLACE TABLE described AS
SELECT unnest(from_json(json(decode(value)) -> '$.benchmarks', '["json"]')) AS b
FROM parquet_kv_metadata(getvariable('results')) WHERE decode(key) = 'promptmill.run';

CREATE OR REPLACE TABLE windows AS
WITH lists AS (
    SELECT (b ->> '$.index')::INT AS benchmark,
        CASE WHEN json_array_length(b -> '$.windows') > 0 THEN from_json(b -> '$.windows', '["json"]') ELSE [b] END AS ws
    FROM described
), each_one AS (SELECT benchmark, unnest(ws) AS w FROM lists)
SELECT benchmark, (w ->> '$.start_ns')::BIGINT AS start_ns, (w ->> '$.send_end_ns')::BIGINT AS send_end_ns,
    (w ->> '$.window_end_ns')::BIGINT AS window_end_ns, (w ->> '$.end_ns')::BIGINT AS end_ns
FROM each_one;

CREATE OR REPLACE TABLE spans AS
SELECT benchmark, count(*) AS windows, sum((window_end_ns - start_ns) / 1e9) AS window_seconds,
    sum((end_ns - window_end_ns) / 1e9) AS drain_seconds
FROM windows GROUP BY benchmark;

CREATE OR REPLACE VIEW measured AS SELECT * FROM requests WHERE NOT warmup AND NOT cooldown;

-- An answer is a success with any output. DONE and the other instants are null where they did not happen.
CREATE OR REPLACE VIEW answers AS
SELECT * FROM measured WHERE status = 'ok' AND (output_tokens <> 0 OR first_token_ns IS NOT NULL);

-- Successes by when they ended: all of them, those of the warm-up too.
CREATE OR REPLACE VIEW ended AS
SELECT r.benchmark, r.output_tokens, coalesce(r.prompt_tokens, 0) AS prompt_tokens
FROM requests r JOIN windows w ON r.benchmark = w.benchmark AND r.done_ns > w.start_ns AND r.done_ns <= w.window_end_ns
WHERE r.status = 'ok';

CREATE OR REPLACE VIEW samples AS
SELECT benchmark, 'latency' AS metric, (done_ns - sent_ns) / 1e9 AS v FROM answers
UNION ALL SELECT benchmark, 'scheduled_latency', (done_ns - due_ns) / 1e9 FROM answers WHERE sent_ns IS NOT NULL
UNION ALL SELECT benchmark, 'send_lag', greatest(0, sent_ns - due_ns) / 1e9 FROM measured
UNION ALL SELECT benchmark, 'ttfb', (headers_ns - sent_ns) / 1e9 FROM answers
UNION ALL SELECT benchmark, 'ttfc', (first_chunk_ns - sent_ns) / 1e9 FROM answers
UNION ALL SELECT benchmark, 'ttft', (first_token_ns - sent_ns) / 1e9 FROM answers
UNION ALL SELECT benchmark, 'ttfo', (first_output_ns - sent_ns) / 1e9 FROM answers
UNION ALL SELECT benchmark, 'tpot', (last_token_ns - first_token_ns)::DOUBLE / (output_tokens - 1) / 1e9
    FROM answers WHERE token_source <> 'none' AND output_tokens > 1
UNION ALL SELECT benchmark, 'chunk_gap', (to_ns - from_ns) / 1e9 FROM (
    SELECT benchmark, unnest(chunk_ns[2:]) AS to_ns, unnest(chunk_ns[:-2]) AS from_ns FROM answers WHERE len(chunk_ns) > 1)
UNION ALL SELECT benchmark, 'tokens_per_chunk', output_tokens / len(chunk_ns)
    FROM answers WHERE token_source NOT IN ('none', 'chunks') AND len(chunk_ns) > 0
UNION ALL SELECT benchmark, 'gen_speed', output_tokens / ((done_ns - sent_ns) / 1e9)
    FROM answers WHERE token_source <> 'none' AND output_tokens > 0 AND done_ns > sent_ns
UNION ALL SELECT benchmark, 'prompt_tokens', prompt_tokens::DOUBLE FROM answers
UNION ALL SELECT benchmark, 'output_tokens', output_tokens::DOUBLE FROM answers WHERE token_source <> 'none';

-- Sums run over the sorted samples, one after the other: the last digit of a sum depends on its order.
CREATE OR REPLACE MACRO rank(s, per_mille) AS s[greatest(1, (len(s) * per_mille + 999) // 1000)];
CREATE OR REPLACE MACRO total(s) AS list_reduce(s, LAMBDA a, b: a + b);

CREATE OR REPLACE TABLE distributions AS
WITH sorted AS (
    SELECT benchmark, metric, list_sort(list(v)) AS s FROM samples WHERE v IS NOT NULL GROUP BY benchmark, metric
), means AS (SELECT *, least(greatest(total(s) / len(s), s[1]), s[-1]) AS mean FROM sorted)
SELECT benchmark, metric, len(s) AS count, mean,
    CASE WHEN len(s) > 1 THEN sqrt(total(list_transform(s, LAMBDA v: (v - mean) * (v - mean))) / (len(s) - 1)) ELSE 0 END AS std,
    s[1] AS min, rank(s, 500) AS p50, rank(s, 900) AS p90, rank(s, 950) AS p95, rank(s, 990) AS p99, rank(s, 999) AS p999,
    s[-1] AS max,
    CASE WHEN len(s) >= 6636 THEN 99.9 WHEN len(s) >= 662 THEN 99 WHEN len(s) >= 130 THEN 95 WHEN len(s) >= 64 THEN 90
        WHEN len(s) >= 11 THEN 50 ELSE 0 END AS certified
FROM means;

-- Requests in flight, clipped to each window; one that never ended is in flight to the end.
CREATE OR REPLACE TABLE flights AS
SELECT w.benchmark, w.start_ns, w.window_end_ns, least(greatest(r.sent_ns, w.start_ns), w.window_end_ns) AS s,
    greatest(least(greatest(coalesce(r.done_ns, w.window_end_ns), w.start_ns), w.window_end_ns),
        least(greatest(r.sent_ns, w.start_ns), w.window_end_ns)) AS d
FROM requests r JOIN windows w USING (benchmark) WHERE r.sent_ns IS NOT NULL AND w.window_end_ns > w.start_ns;

CREATE OR REPLACE VIEW in_flight AS
WITH crowds AS (
    SELECT a.benchmark, a.start_ns, (SELECT count(*) FROM flights b WHERE b.benchmark = a.benchmark AND b.start_ns = a.start_ns AND b.s <= a.s)
        - (SELECT count(*) FROM flights b WHERE b.benchmark = a.benchmark AND b.start_ns = a.start_ns AND b.d <= a.s) AS n
    FROM flights a WHERE a.s < a.window_end_ns
), each_window AS (
    SELECT benchmark, start_ns, sum(d - s)::DOUBLE / any_value(window_end_ns - start_ns) AS mean,
        any_value(window_end_ns - start_ns) / 1e9 AS seconds
    FROM flights GROUP BY benchmark, start_ns
)
SELECT e.benchmark, CASE WHEN any_value(windows) = 1 THEN any_value(mean) ELSE sum(mean * seconds) / any_value(window_seconds) END AS concurrency,
    coalesce((SELECT max(n) FROM crowds c WHERE c.benchmark = e.benchmark), 0) AS concurrency_max
FROM each_window e JOIN spans USING (benchmark) GROUP BY e.benchmark;

-- n requests have n - 1 gaps; where sending went on after the last of them it is requests over time. Over several windows it
-- is all requests over the time that sending them took.
CREATE OR REPLACE VIEW sending AS
WITH sent AS (
    SELECT benchmark, start_ns, any_value(send_end_ns) AS send_end_ns, count(*) AS n, min(sent_ns) AS first_ns, max(sent_ns) AS last_ns
    FROM measured JOIN windows w USING (benchmark) JOIN spans USING (benchmark)
    WHERE sent_ns IS NOT NULL AND (windows = 1 OR sent_ns >= start_ns AND sent_ns <= end_ns) GROUP BY benchmark, start_ns
), rates AS (
    SELECT benchmark, n, CASE WHEN n > 1 AND last_ns > first_ns AND send_end_ns - last_ns < (last_ns - first_ns)::DOUBLE / (n - 1) / 2
        THEN 1e9 / ((last_ns - first_ns)::DOUBLE / (n - 1)) WHEN n > 1 THEN n / (greatest(0, send_end_ns - start_ns) / 1e9) END AS rate -- one request has none
    FROM sent
)
SELECT benchmark, CASE WHEN count(*) = 1 THEN any_value(rate) ELSE sum(n) FILTER (rate > 0)::DOUBLE / sum(n / rate) END AS sent_per_second
FROM rates GROUP BY benchmark;

-- What an open loop asked for in its windows: its rate, or where that varies the same as of sending, of when requests were
-- due. A closed loop asks for no rate.
CREATE OR REPLACE VIEW asking AS
WITH targets AS (
    SELECT (b ->> '$.index')::INT AS benchmark, (b ->> '$.target_rate')::DOUBLE AS target_rate,
        (b ->> '$.strategy') IN ('ramp', 'stages', 'trace') OR contains(coalesce(b ->> '$.shape', ''), 'ramp-up') AS varies
    FROM described
), due AS (
    SELECT benchmark, start_ns, any_value(send_end_ns) AS send_end_ns, count(*) AS n, min(due_ns) AS first_ns, max(due_ns) AS last_ns
    FROM requests JOIN windows w USING (benchmark) WHERE due_ns >= start_ns AND due_ns < send_end_ns GROUP BY benchmark, start_ns
), rates AS (
    SELECT benchmark, n, CASE WHEN n > 1 AND last_ns > first_ns AND send_end_ns - last_ns < (last_ns - first_ns)::DOUBLE / (n - 1) / 2
        THEN 1e9 / ((last_ns - first_ns)::DOUBLE / (n - 1)) WHEN n > 1 THEN n / (greatest(0, send_end_ns - start_ns) / 1e9) END AS rate
    FROM due
), varied AS (
    SELECT benchmark, CASE WHEN any_value(windows) = 1 THEN any_value(rate) ELSE sum(n) FILTER (rate > 0)::DOUBLE / sum(n / rate) END AS rate
    FROM rates JOIN spans USING (benchmark) GROUP BY benchmark
)
SELECT benchmark, CASE WHEN varies THEN coalesce(rate, target_rate) ELSE target_rate END AS asked_per_second
FROM targets LEFT JOIN varied USING (benchmark);

-- Requests whose prompt an earlier one of their run had sent.
CREATE OR REPLACE VIEW repeated AS
WITH firsts AS (
    SELECT run, prompt_sha256, first({'b': benchmark, 'apart': warmup OR cooldown} ORDER BY sent_ns, benchmark, sequence) AS f
    FROM requests WHERE sent_ns IS NOT NULL AND prompt_sha256 <> '' GROUP BY run, prompt_sha256
)
SELECT benchmark, count(*) - (SELECT count(*) FROM firsts WHERE f.b = m.benchmark AND NOT f.apart) AS repeated_prompts
FROM measured m WHERE sent_ns IS NOT NULL AND prompt_sha256 <> '' GROUP BY benchmark;

CREATE OR REPLACE VIEW figures AS
SELECT s.benchmark, s.window_seconds, s.drain_seconds,
    (SELECT count(*) FROM ended e WHERE e.benchmark = s.benchmark) / s.window_seconds AS requests_per_second,
    (SELECT coalesce(sum(output_tokens), 0)::DOUBLE FROM ended e WHERE e.benchmark = s.benchmark) / s.window_seconds
        AS output_tokens_per_second,
    (SELECT coalesce(sum(output_tokens + prompt_tokens), 0)::DOUBLE FROM ended e WHERE e.benchmark = s.benchmark) / s.window_seconds
        AS total_tokens_per_second,
    asked_per_second, coalesce(sent_per_second, 0) AS sent_per_second, coalesce(concurrency, 0) AS concurrency,
    coalesce(concurrency_max, 0) AS concurrency_max,
    (SELECT coalesce(sum(cached_tokens)::DOUBLE / nullif(sum(prompt_tokens), 0), 0) FROM measured m WHERE m.benchmark = s.benchmark
        AND status = 'ok' AND cached_tokens IS NOT NULL AND prompt_tokens IS NOT NULL) AS cached_token_share,
    (SELECT coalesce(sum(coalesced_chunks)::DOUBLE / nullif(sum(len(chunk_ns)), 0), 0) FROM answers a WHERE a.benchmark = s.benchmark)
        AS coalesced_share,
    (SELECT count(*) FROM measured m WHERE m.benchmark = s.benchmark AND attempts - retries - redirects > 1) AS reconnects,
    coalesce(repeated_prompts, 0) AS repeated_prompts
FROM spans s LEFT JOIN asking USING (benchmark) LEFT JOIN sending USING (benchmark) LEFT JOIN in_flight USING (benchmark) LEFT JOIN repeated USING (benchmark);

CREATE OR REPLACE VIEW counts AS
SELECT benchmark, count_if(NOT warmup AND NOT cooldown) AS total,
    count_if(NOT warmup AND NOT cooldown AND status = 'ok') AS ok,
    count_if(NOT warmup AND NOT cooldown AND status NOT IN ('ok', 'unfinished', 'cancelled')) AS errors,
    count_if(NOT warmup AND NOT cooldown AND status = 'unfinished') AS unfinished,
    count_if(NOT warmup AND NOT cooldown AND status = 'cancelled') AS cancelled,
    count_if(warmup) AS warmup, count_if(cooldown AND NOT warmup) AS cooldown,
    count_if(NOT warmup AND NOT cooldown AND status = 'ok' AND output_tokens = 0 AND first_token_ns IS NULL) AS zero_token
FROM requests GROUP BY benchmark;

CREATE OR REPLACE VIEW errors AS
SELECT benchmark, coalesce(nullif(error_kind, ''), 'other') AS kind, count(*) AS count,
    first(coalesce(error_message, '') ORDER BY sequence, error_message) AS example
FROM measured WHERE status NOT IN ('ok', 'unfinished', 'cancelled') GROUP BY ALL;

CREATE OR REPLACE VIEW tallies AS
SELECT benchmark, 'token_sources' AS tally, token_source AS name, count(*) AS n FROM measured WHERE status = 'ok' GROUP BY ALL
UNION ALL SELECT benchmark, 'time_sources', time_source, count(*) FROM measured WHERE status = 'ok' GROUP BY ALL
UNION ALL SELECT benchmark, 'finish_reasons', coalesce(nullif(finish_reason, ''), 'none'), count(*) FROM measured WHERE status = 'ok' GROUP BY ALL;

-- The answers that keep ttft<=20ms, tpot<=10ms: another SLO takes other bounds here.
CREATE OR REPLACE VIEW good AS
SELECT * FROM answers WHERE (first_token_ns - sent_ns) / 1e9 <= 0.02
    AND (output_tokens = 1 OR (last_token_ns - first_token_ns)::DOUBLE / (output_tokens - 1) / 1e9 <= 0.01);

CREATE OR REPLACE VIEW goodput AS
WITH numbers AS (
    SELECT s.benchmark, s.window_seconds, (SELECT count(*) FROM good g WHERE g.benchmark = s.benchmark) AS good,
        (SELECT count(*) FROM measured m WHERE m.benchmark = s.benchmark AND sent_ns IS NOT NULL AND status <> 'cancelled') AS requests,
        (SELECT count(*) FROM good g JOIN windows w ON g.benchmark = w.benchmark AND g.done_ns > w.start_ns AND g.done_ns <= w.window_end_ns
            WHERE g.benchmark = s.benchmark) AS inside
    FROM spans s
)
SELECT benchmark, requests, good, good / requests AS share, inside / window_seconds AS requests_per_second FROM numbers;
