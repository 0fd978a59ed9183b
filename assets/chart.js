// Draws what stands beside it as numbers: a picture for those who see one; the table under it says the same to everybody.
//
//   <div class="chart" data-chart-of="days"></div>   <div id="days" data-chart='{"days": […], "day": "Day", "series": […], "money": false}'></div>

/** In the page's own unit, whose size follows the window's: on a wall words are larger. */
const HEIGHT_REM = 15;
const TEXT_REM = 0.75;
const TONES = ["--brand", "--bad", "--good"];
const charts = new Map();

/** A colour of the page as it is now, dark or light. */
function tone(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

const rem = (count) => Math.round(count * Number.parseFloat(getComputedStyle(document.documentElement).fontSize));

const language = document.documentElement.lang;
const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone: "UTC" });
const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 });

function draw(place) {
  const source = document.getElementById(place.dataset.chartOf);
  if (!source || typeof uPlot === "undefined") return;
  const { days, day: dayWord, series, money: isMoney } = JSON.parse(source.dataset.chart);
  const said = (value) => (value == null ? "–" : isMoney ? money.format(value / 100) : String(value));
  const [soft, line] = [tone("--soft"), tone("--line")];
  const axis = { stroke: soft, font: `${rem(TEXT_REM)}px system-ui, sans-serif`, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const at = days.map((name) => Date.parse(`${name}T00:00:00Z`) / 1000);
  const options = {
    width: Math.max(place.clientWidth, 200),
    height: rem(HEIGHT_REM),
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
    axes: [
      { ...axis, size: rem(3), space: rem(3.5), values: (_, ticks) => ticks.map((tick) => day.format(new Date(tick * 1000))) },
      { ...axis, size: rem(isMoney ? 4.5 : 3), values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? said(tick) : "")) },
    ],
    series: [
      { label: dayWord, value: (_, seconds) => (seconds == null ? "–" : day.format(new Date(seconds * 1000))) },
      ...series.map(({ name }, place) => ({
        label: name,
        stroke: tone(TONES[place % TONES.length]),
        width: 2,
        dash: place === 1 ? [6, 4] : undefined,
        points: { show: days.length <= 31, size: 5 },
        value: (_, value) => said(value),
      })),
    ],
  };
  charts.get(place)?.destroy();
  charts.set(place, new uPlot(options, [at, ...series.map(({ values }) => values)], place));
}

function drawAll() {
  for (const place of document.querySelectorAll("[data-chart-of]")) draw(place);
}

const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const [chart, width, height] = [charts.get(target), Math.max(target.clientWidth, 200), rem(HEIGHT_REM)];
    if (!chart) continue;
    if (chart.height !== height) draw(target);
    else if (chart.width !== width) chart.setSize({ width, height });
  }
});
function begin() {
  drawAll();
  for (const place of document.querySelectorAll("[data-chart-of]")) resized.observe(place);
}
begin();
document.addEventListener("live:fresh", (event) => {
  if (event.target.id === "main") begin();
  else if (event.target.dataset?.chart) draw(document.querySelector(`[data-chart-of="${event.target.id}"]`));
});
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
