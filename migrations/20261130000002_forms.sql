-- Which calls a list shows: one place for the list of calls, a person's, and the search.

create function app_ctx.shows_call(is_test boolean, wanted text) returns boolean language sql immutable parallel safe as $$
  select case wanted when 'left_out' then not is_test when 'only' then is_test else true end
$$;
comment on function app_ctx.shows_call(boolean, text) is
  'Whether a list shows a call: left_out, the default, leaves tests out as figures do (counted_calls); only shows nothing else; with shows all.';
