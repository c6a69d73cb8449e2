package shared

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/rueidis"

	"fenceplatform.com/fence/internal/platform/ratelimit"
)

// takeScript is ratelimit's rule: KEYS are the buckets, ARGV the cost and for each bucket the time in which one unit and
// all units come back. It answers 1 or 0, and for each bucket when everything is back. Numbers are whole microseconds; they
// are written with %.0f because Lua writes large ones with 14 digits only.
var takeScript = rueidis.NewLuaScript(`
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local cost = tonumber(ARGV[1])
local all, full, after = 1, {}, {}
for i, key in ipairs(KEYS) do
	local every, whole = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
	local at = tonumber(redis.call('GET', key) or now)
	if at < now or at > now + whole then at = now end
	full[i], after[i] = at, at + cost * every
	if cost > 0 and after[i] - now > whole then all = 0 end
end
local answer = {all}
for i, key in ipairs(KEYS) do
	if all == 1 and cost > 0 then
		full[i] = after[i]
		redis.call('SET', key, string.format('%.0f', full[i]), 'PX', string.format('%.0f', math.ceil((full[i] - now) / 1000)))
	end
	answer[i + 1] = full[i] - now
end
return answer
`)

// aliveScript notes that a process lives and answers how many do. ARGV: its name, and the seconds without a word after
// which one is dead.
var aliveScript = rueidis.NewLuaScript(`
local now = redis.call('TIME')[1]
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. (now - ARGV[2]))
redis.call('EXPIRE', KEYS[1], ARGV[2] * 2)
return redis.call('ZCARD', KEYS[1])
`)

const (
	keyPrefix    = "fence:rate:"
	processesKey = keyPrefix + "processes"
)

func take(ctx context.Context, c rueidis.Client, d ratelimit.Demand) (ratelimit.Decision, error) {
	keys, args := make([]string, len(d.Buckets)), make([]string, 1, 1+2*len(d.Buckets))
	args[0] = strconv.FormatInt(d.Cost, 10)
	for i, b := range d.Buckets {
		keys[i] = keyPrefix + "{" + d.Of + "}:" + b.Key
		every, whole := b.Policy.Terms()
		args = append(args, strconv.FormatInt(every, 10), strconv.FormatInt(whole, 10))
	}
	answer, err := takeScript.Exec(ctx, c, keys, args).AsIntSlice()
	if err != nil {
		return ratelimit.Decision{}, err
	}
	if len(answer) != 1+len(d.Buckets) {
		return ratelimit.Decision{}, fmt.Errorf("redis answers %d numbers about %d buckets", len(answer), len(d.Buckets))
	}
	return ratelimit.Decide(d, answer[0] == 1, answer[1:]), nil
}

func alive(ctx context.Context, c rueidis.Client, name string) (int64, error) {
	dead := strconv.Itoa(int(deadAfter / time.Second))
	return aliveScript.Exec(ctx, c, []string{processesKey}, []string{name, dead}).AsInt64()
}
