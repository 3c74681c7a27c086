import { lockLimits } from "../lock-limits.ts";
import { placeMs } from "../server/lock-server.ts";

export const schemaVersion = 1;

/**
 * What the locks need in a database, all in the schema `got_locks`. One UNLOGGED row holds everything about a resource: writing it costs no wait for
 * the disk and, as no indexed column changes, leaves no dead index entries behind (heap-only tuples), however often a lock changes hands. After a
 * crash of the server the table is empty, which ends all leases. Tokens must never go back, so a ceiling is set aside in an ordinary
 * table, `tokensReserved` at a time; a resource without a row starts from there.
 *
 * `holders` is an object by id: `{mode, token, sinceMs, untilMs, …shown}`; `places` the queue, an array of `{id, untilMs}`.
 *
 * Every operation first takes a transaction-level advisory lock on the resource: it lasts for one statement, cannot leak through
 * a pool, and lets each function see what the one before it did. Time is `clock_timestamp()`, the database's own.
 */
export const schemaSql = `
CREATE SCHEMA IF NOT EXISTS got_locks;
CREATE TABLE IF NOT EXISTS got_locks.version (version int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS got_locks.ceiling (resource text PRIMARY KEY, ceiling bigint NOT NULL);
CREATE UNLOGGED TABLE IF NOT EXISTS got_locks.state (
  resource text PRIMARY KEY, token bigint NOT NULL, ceiling bigint NOT NULL,
  gate text, gate_until_ms bigint NOT NULL DEFAULT 0,
  holders jsonb NOT NULL DEFAULT '{}', places jsonb NOT NULL DEFAULT '[]') WITH (fillfactor = 25);
CREATE UNLOGGED TABLE IF NOT EXISTS got_locks.wait (party text PRIMARY KEY, until timestamptz NOT NULL, wait jsonb NOT NULL);

CREATE OR REPLACE FUNCTION got_locks.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
$$;

CREATE OR REPLACE FUNCTION got_locks.living(p_holders jsonb, p_now_ms bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(p_holders) WHERE (value->>'untilMs')::bigint > p_now_ms
$$;

CREATE OR REPLACE FUNCTION got_locks.fits(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT a <> 'exclusive' AND b <> 'exclusive'
    AND NOT (a = 'shared' AND b = 'intent-exclusive') AND NOT (a = 'intent-exclusive' AND b = 'shared')
$$;

-- Locks the resource for this transaction and gives its row, with tokens left in it and without holders whose lease is over.
CREATE OR REPLACE FUNCTION got_locks.enter(p_resource text) RETURNS got_locks.state LANGUAGE plpgsql AS $$
DECLARE
  s got_locks.state;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('got-locks ' || p_resource, 0));
  SELECT * INTO s FROM got_locks.state WHERE resource = p_resource;
  IF NOT FOUND OR s.token >= s.ceiling THEN
    PERFORM set_config('synchronous_commit', 'on', true);
    INSERT INTO got_locks.ceiling AS c VALUES (p_resource, ${lockLimits.tokensReserved})
      ON CONFLICT (resource) DO UPDATE SET ceiling = c.ceiling + ${lockLimits.tokensReserved} RETURNING c.ceiling INTO s.ceiling;
    s.token := s.ceiling - ${lockLimits.tokensReserved};
    INSERT INTO got_locks.state (resource, token, ceiling) VALUES (p_resource, s.token, s.ceiling)
      ON CONFLICT (resource) DO UPDATE SET token = s.token, ceiling = s.ceiling
      RETURNING * INTO s;
  END IF;
  IF s.holders <> '{}' THEN s.holders := got_locks.living(s.holders, got_locks.now_ms()); END IF;
  RETURN s;
END $$;

CREATE OR REPLACE FUNCTION got_locks.take(
  p_resource text, p_id text, p_mode text, p_lease_ms bigint, p_info jsonb, p_fair boolean) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  s got_locks.state;
  v_now bigint;
  v_ahead bigint := 0;
  v_first boolean;
  v_blockers jsonb := '[]';
  v_alone boolean := false;
BEGIN
  s := got_locks.enter(p_resource);
  v_now := got_locks.now_ms();
  IF s.holders ? p_id THEN
    RETURN jsonb_build_object('granted', s.holders->p_id->'token', 'sinceMs', s.holders->p_id->'sinceMs');
  END IF;
  IF p_fair THEN
    SELECT coalesce(jsonb_agg(place ORDER BY number), '[]') INTO s.places
      FROM jsonb_array_elements(s.places) WITH ORDINALITY AS p (place, number)
      WHERE place->>'id' <> p_id AND (place->>'untilMs')::bigint > v_now OR place->>'id' = p_id;
    SELECT number - 1 INTO v_ahead FROM jsonb_array_elements(s.places) WITH ORDINALITY AS p (place, number) WHERE place->>'id' = p_id;
    IF NOT FOUND THEN v_ahead := jsonb_array_length(s.places); END IF;
    s.places := jsonb_set(s.places, ARRAY[v_ahead::text], jsonb_build_object('id', p_id, 'untilMs', v_now + ${placeMs}), true);
  END IF;
  IF s.holders <> '{}' THEN
    SELECT coalesce(jsonb_agg(value), '[]'), coalesce(bool_or(value->>'mode' = 'exclusive'), false) INTO v_blockers, v_alone
      FROM jsonb_each(s.holders) WHERE NOT got_locks.fits(value->>'mode', p_mode);
  END IF;
  v_first := v_ahead = 0 AND (s.gate IS NULL OR s.gate = p_id OR s.gate_until_ms <= v_now);
  IF v_first AND v_blockers = '[]' THEN
    IF p_fair THEN s.places := s.places - 0; END IF;
    UPDATE got_locks.state SET token = s.token + 1, gate = NULL, places = s.places,
      holders = s.holders || jsonb_build_object(p_id, p_info || jsonb_build_object(
        'mode', p_mode, 'token', s.token + 1, 'sinceMs', v_now, 'untilMs', v_now + p_lease_ms))
      WHERE resource = p_resource;
    RETURN jsonb_build_object('granted', s.token + 1, 'sinceMs', v_now);
  END IF;
  v_first := v_first AND NOT v_alone;
  IF v_first OR p_fair THEN
    UPDATE got_locks.state SET places = s.places,
      gate = CASE WHEN v_first THEN p_id ELSE gate END,
      gate_until_ms = CASE WHEN v_first THEN v_now + ${placeMs} ELSE gate_until_ms END
      WHERE resource = p_resource;
  END IF;
  IF v_blockers = '[]' THEN SELECT coalesce(jsonb_agg(value), '[]') INTO v_blockers FROM jsonb_each(s.holders); END IF;
  RETURN jsonb_build_object('holders', v_blockers, 'ahead', v_ahead, 'holdsGate', v_first);
END $$;

CREATE OR REPLACE FUNCTION got_locks.renew(p_resource text, p_id text, p_lease_ms bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  s got_locks.state;
BEGIN
  s := got_locks.enter(p_resource);
  IF NOT s.holders ? p_id THEN RETURN false; END IF;
  UPDATE got_locks.state
    SET holders = jsonb_set(s.holders, ARRAY[p_id, 'untilMs'], to_jsonb(got_locks.now_ms() + p_lease_ms)) WHERE resource = p_resource;
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION got_locks.release(p_resource text, p_id text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  s got_locks.state;
BEGIN
  s := got_locks.enter(p_resource);
  IF NOT s.holders ? p_id THEN RETURN false; END IF;
  UPDATE got_locks.state SET holders = s.holders - p_id WHERE resource = p_resource;
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION got_locks.withdraw(p_resource text, p_id text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s got_locks.state;
BEGIN
  s := got_locks.enter(p_resource);
  UPDATE got_locks.state SET
    holders = s.holders - p_id,
    gate = nullif(gate, p_id),
    places = (SELECT coalesce(jsonb_agg(place ORDER BY number), '[]')
      FROM jsonb_array_elements(s.places) WITH ORDINALITY AS p (place, number) WHERE place->>'id' <> p_id)
    WHERE resource = p_resource;
END $$;

CREATE OR REPLACE FUNCTION got_locks.break(p_resource text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  s got_locks.state;
BEGIN
  s := got_locks.enter(p_resource);
  IF s.holders = '{}' THEN RETURN '{}'; END IF;
  UPDATE got_locks.state SET token = s.token + 1, holders = '{}' WHERE resource = p_resource;
  RETURN jsonb_build_object('token', s.token + 1, 'holders', (SELECT jsonb_agg(value) FROM jsonb_each(s.holders)));
END $$;
`;
