/**
 * The Lua that runs inside Redis. KEYS of every script: token, holders, gate, queue, places (all of one resource, one hash tag).
 * A holder is a field of the hash `holders`: `<until> <since> <token> <mode> <JSON of the rest>`, times in milliseconds of the server's
 * clock. Lines, not JSON, because the script's own part is read at every try and cjson keeps 14 digits of a number only.
 */
const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

const helpers = `
-- One more than the last, and never less than the server's clock in microseconds, so that a restart or a fail-over which forgot the
-- last grants does not give their tokens again.
local function nextToken()
  local last = tonumber(redis.call('GET', KEYS[1]) or '0')
  local token = string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2]))
  redis.call('SET', KEYS[1], token)
  return token
end
local function isOver(holder)
  return tonumber(string.match(holder, '^%d+')) <= now
end
-- A flat list of id, holder, id, holder ...
local function livingHolders()
  local all, living = redis.call('HGETALL', KEYS[2]), {}
  for i = 1, #all, 2 do
    if isOver(all[i + 1]) then redis.call('HDEL', KEYS[2], all[i]) else
      living[#living + 1] = all[i]
      living[#living + 1] = all[i + 1]
    end
  end
  return living
end
`;

const prelude = clock + helpers;

/**
 * The usual case, before any helper is made: nobody is there, nobody waits.
 * ARGV: id, mode, lease in ms, holder as JSON, fair (1 or 0), life of places in ms. Returns `granted`, token, since; or `busy`,
 * waiters ahead, whether it holds the gate (1 or 0), then the holders in the way.
 */
export const takeScript = `${clock}
local id, mode = ARGV[1], ARGV[2]
if ARGV[5] == '0' and redis.call('EXISTS', KEYS[2], KEYS[3]) == 0 then
  local last = tonumber(redis.call('GET', KEYS[1]) or '0')
  local token, sinceMs = string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2])), string.format('%.0f', now)
  redis.call('SET', KEYS[1], token)
  redis.call('HSET', KEYS[2], id, string.format('%.0f %s %s %s %s', now + tonumber(ARGV[3]), sinceMs, token, mode, ARGV[4]))
  return { 'granted', token, sinceMs }
end
${helpers}
local holders = livingHolders()
local ahead, gate = 0, redis.call('GET', KEYS[3])
local function grant()
  local token = nextToken()
  local untilMs, sinceMs = string.format('%.0f', now + tonumber(ARGV[3])), string.format('%.0f', now)
  redis.call('HSET', KEYS[2], id, table.concat({ untilMs, sinceMs, token, mode, ARGV[4] }, ' '))
  if gate == id then redis.call('DEL', KEYS[3]) end
  if ARGV[5] == '1' then
    redis.call('ZREM', KEYS[4], id)
    redis.call('HDEL', KEYS[5], id)
  end
  return { 'granted', token, sinceMs }
end
if ARGV[5] == '1' then
  for _, other in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do
    local untilMs = tonumber(redis.call('HGET', KEYS[5], other) or '0')
    if other ~= id and untilMs <= now then
      redis.call('ZREM', KEYS[4], other)
      redis.call('HDEL', KEYS[5], other)
    end
  end
  if not redis.call('ZSCORE', KEYS[4], id) then
    local last = redis.call('ZRANGE', KEYS[4], -1, -1, 'WITHSCORES')
    redis.call('ZADD', KEYS[4], (tonumber(last[2] or '0')) + 1, id)
  end
  redis.call('HSET', KEYS[5], id, string.format('%.0f', now + tonumber(ARGV[6])))
  ahead = redis.call('ZRANK', KEYS[4], id)
end
local function fits(other)
  if other == 'exclusive' or mode == 'exclusive' then return false end
  return not ((other == 'shared' and mode == 'intent-exclusive') or (other == 'intent-exclusive' and mode == 'shared'))
end
local inTheWay, all, alone = {}, {}, false
for i = 1, #holders, 2 do
  local sinceMs, token, other = string.match(holders[i + 1], '^%d+ (%d+) (%d+) (%S+)')
  -- The answer to an earlier question was lost on its way.
  if holders[i] == id then return { 'granted', token, sinceMs } end
  all[#all + 1] = holders[i + 1]
  if not fits(other) then
    inTheWay[#inTheWay + 1] = holders[i + 1]
    if other == 'exclusive' then alone = true end
  end
end
local first = ahead == 0 and (not gate or gate == id)
if first and #inTheWay == 0 then return grant() end
local answer = { 'busy', ahead, 0 }
if first and not alone then
  redis.call('SET', KEYS[3], id, 'PX', ARGV[6])
  answer[3] = 1
end
for _, holder in ipairs(#inTheWay > 0 and inTheWay or all) do answer[#answer + 1] = holder end
return answer
`;

/** ARGV: id, lease in ms. Returns 1 or 0. */
export const renewScript = `${prelude}
local holder = redis.call('HGET', KEYS[2], ARGV[1])
if not holder or isOver(holder) then return 0 end
local rest = string.match(holder, '^%d+ (.*)$')
redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', now + tonumber(ARGV[2])) .. ' ' .. rest)
return 1
`;

/** ARGV: id. Returns 1 when it was still a holder. */
export const releaseScript = `${clock}
local holder = redis.call('HGET', KEYS[2], ARGV[1])
if not holder then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
return tonumber(string.match(holder, '^%d+')) > now and 1 or 0
`;

/** ARGV: id. */
export const withdrawScript = `
redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('GET', KEYS[3]) == ARGV[1] then redis.call('DEL', KEYS[3]) end
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
return 1
`;

/** Returns the new token and the holders that were; nothing when there was none. */
export const breakScript = `${prelude}
local holders, answer = livingHolders(), {}
if #holders == 0 then return answer end
redis.call('DEL', KEYS[2])
answer[1] = nextToken()
for i = 2, #holders, 2 do answer[#answer + 1] = holders[i] end
return answer
`;

/** Returns the token and the living holders. */
export const stateScript = `${prelude}
local holders, answer = livingHolders(), { redis.call('GET', KEYS[1]) or '0' }
for i = 2, #holders, 2 do answer[#answer + 1] = holders[i] end
return answer
`;
