// Drawings of tables with ECharts: SVG, so that paper is sharp; no motion, no style text, patterns besides colours.
(function () {
  "use strict";
  var PAPER = 670; // pixels of the text on A4
  var LIGHT = { ink: "#1b2733", muted: "#526070", line: "#d5dce4", paper: "#ffffff", series: ["#084459", "#b4541a", "#5b8fd6", "#1f6b3b", "#8a5a00"] };
  var DARK = { series: ["#6cc0de", "#f0a878", "#c9d4f7", "#7fd09a", "#e6b85c"] };
  var DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 5]], SYMBOLS = ["circle", "rect", "triangle", "diamond", "emptyCircle"];
  var DECALS = [
    { symbol: "none" },
    { symbol: "rect", symbolSize: 1, dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 6 },
    { symbol: "circle", symbolSize: 0.7, dashArrayX: [[8, 8], [0, 8, 8, 0]], dashArrayY: [6, 0] },
    { symbol: "rect", symbolSize: 1, dashArrayX: [1, 0], dashArrayY: [3, 6], rotation: -Math.PI / 4 },
    { symbol: "triangle", symbolSize: 0.7, dashArrayX: [[9, 9], [0, 9, 9, 0]], dashArrayY: [7, 2] }
  ];
  var language = document.documentElement.lang || "zh-CN", charts = [];

  function palette(printing) {
    if (printing) return Object.assign({}, LIGHT, { ink: "#000000", muted: "#333333", line: "#999999" });
    var style = getComputedStyle(document.documentElement), dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    function token(name, other) { return style.getPropertyValue(name).trim() || other; }
    return { ink: token("--ink", LIGHT.ink), muted: token("--muted", LIGHT.muted), line: token("--line", LIGHT.line), paper: token("--paper", LIGHT.paper), series: dark ? DARK.series : LIGHT.series, dark: dark };
  }

  function writer(format) {
    var plain = new Intl.NumberFormat(language, { maximumFractionDigits: format === "stars" ? 2 : format === "money" ? 0 : 1 });
    var short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
    return {
      full: function (value) { return value === null || value === undefined ? "—" : format === "percent" ? (Math.round(value * 1000) / 10) + " %" : plain.format(value); },
      axis: function (value) { return format === "percent" ? Math.round(value * 100) + " %" : format === "stars" ? String(value) : short.format(value); }
    };
  }

  function axes(drawn, colours, write, across, narrow) {
    var names = {
      type: "category", data: drawn.names, axisTick: { show: false }, axisLine: { lineStyle: { color: colours.muted } },
      axisLabel: { color: colours.ink, interval: across ? 0 : "auto", width: across ? (narrow ? 110 : 220) : undefined, overflow: across ? "truncate" : undefined }
    };
    var values = { type: "value", axisLabel: { color: colours.muted, formatter: write.axis, hideOverlap: true }, splitLine: { lineStyle: { color: colours.line } }, splitNumber: 4 };
    if (drawn.kind === "intervals") { values.min = drawn.format === "stars" ? 1 : 0; values.max = drawn.format === "stars" ? 5 : 1; values.interval = drawn.format === "stars" ? 1 : 0.25; }
    if (across) names.inverse = true;
    return across ? { xAxis: values, yAxis: names } : { xAxis: names, yAxis: values };
  }

  function decal(index, colours) {
    return Object.assign({ color: colours.dark ? "rgba(0, 0, 0, .45)" : "rgba(255, 255, 255, .65)" }, DECALS[index % DECALS.length]);
  }

  // Names stand at the ends of lines where they have room beside each other; else above the drawing.
  function apart(drawn, narrow) {
    var ends = drawn.series.map(function (each) { return each.values[each.values.length - 1]; }).sort(function (a, b) { return a - b; });
    var most = Math.max.apply(null, drawn.series.map(function (each) { return Math.max.apply(null, each.values); }).concat([1]));
    return !narrow && drawn.kind === "line" && ends.every(function (value, place) { return !place || value - ends[place - 1] > most * 0.1; });
  }

  function seriesOf(drawn, colours, write, narrow) {
    var bar = { barMaxWidth: 22, barGap: "10%" };
    if (drawn.kind === "intervals") {
      var found = drawn.series[0].values;
      return [
        { type: "bar", stack: "range", silent: true, itemStyle: { color: "transparent" }, barWidth: 8, data: found.map(function (each) { return each[1]; }), tooltip: { show: false } },
        { type: "bar", stack: "range", name: drawn.series[0].name, itemStyle: { color: colours.series[2], opacity: 0.75 }, barWidth: 8, data: found.map(function (each) { return each[2] - each[1]; }) },
        { type: "scatter", symbol: "diamond", symbolSize: 13, itemStyle: { color: colours.series[0] }, data: found.map(function (each, row) { return [each[0], row]; }),
          label: { show: !narrow, position: "top", distance: 3, color: colours.ink, formatter: function (one) { return write.full(one.value[0]); } } }
      ];
    }
    return drawn.series.map(function (each, index) {
      var colour = colours.series[index % colours.series.length];
      var made = { name: each.name, data: each.values, itemStyle: { color: colour }, animation: false };
      if (drawn.kind === "line") {
        return Object.assign(made, {
          type: "line", symbol: SYMBOLS[index % 5], symbolSize: 8, lineStyle: { color: colour, width: 2, type: DASHES[index % 5] },
          endLabel: { show: apart(drawn, narrow), formatter: "{a}", color: colours.ink, width: 120, overflow: "break" }
        });
      }
      made.itemStyle.decal = decal(index, colours);
      made.itemStyle.borderColor = colours.paper;
      if (drawn.kind === "meter") {
        made.label = { show: !narrow || drawn.names.length < 7, position: "top", color: colours.ink, formatter: function (one) { return write.axis(one.value); } };
        made.markLine = { symbol: "none", silent: true, lineStyle: { color: colours.series[1], width: 2, type: "dashed" }, data: [{ yAxis: drawn.limit }],
          label: { position: "insideEndTop", color: colours.ink, formatter: drawn.limit_name + " " + write.full(drawn.limit) } };
        made.barMaxWidth = 48;
        return Object.assign({ type: "bar" }, made);
      }
      return Object.assign({ type: "bar" }, bar, drawn.kind === "stack" ? { stack: "all", barMaxWidth: 48 } : {}, made);
    });
  }

  function told(drawn, write) {
    return function (points) {
      var place = points[0].dataIndex, rows = [points[0].name || drawn.names[place]];
      if (drawn.kind === "intervals") {
        var one = drawn.series[0].values[place];
        rows.push(write.full(one[0]) + "  (" + write.full(one[1]) + " – " + write.full(one[2]) + ")");
      } else drawn.series.forEach(function (each) { rows.push(each.name + "  " + write.full(each.values[place])); });
      return rows.join("\n");
    };
  }

  function options(drawn, width, printing) {
    var colours = palette(printing), write = writer(drawn.format), narrow = width < 520;
    var across = drawn.kind === "bars" || drawn.kind === "intervals";
    var legend = legendHeight(drawn, width) > 0;
    var most = drawn.kind === "meter" ? { max: function (value) { return Math.max(value.max, drawn.limit) * 1.1; } } : {};
    var made = axes(drawn, colours, write, across, narrow);
    if (drawn.kind === "meter") Object.assign(made.yAxis, most);
    return Object.assign(made, {
      animation: false, backgroundColor: "transparent",
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13, color: colours.ink },
      aria: { enabled: false },
      grid: { left: 8, right: apart(drawn, narrow) ? 140 : 24, top: 24 + legendHeight(drawn, width), bottom: 8, containLabel: true },
      legend: legend ? { top: 0, left: 0, type: "plain", orient: narrow ? "vertical" : "horizontal", itemGap: 12, textStyle: { color: colours.ink, fontSize: 13 }, selectedMode: false } : undefined,
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: across || drawn.kind !== "line" ? "shadow" : "line" }, backgroundColor: colours.paper, borderColor: colours.muted, textStyle: { color: colours.ink, fontSize: 13 }, formatter: told(drawn, write) },
      series: seriesOf(drawn, colours, write, narrow)
    });
  }

  // Long names stand below each other on a phone; elsewhere in as many lines as they need.
  function legendHeight(drawn, width) {
    var narrow = width < 520;
    if (drawn.kind === "intervals" || drawn.series.length < 2 || apart(drawn, narrow)) return 0;
    if (narrow) return 26 * drawn.series.length;
    var rows = 1, filled = 0;
    drawn.series.forEach(function (each) {
      var long = 48 + Array.from(each.name).reduce(function (sum, letter) { return sum + (letter.charCodeAt(0) > 255 ? 14 : 8); }, 0);
      if (filled && filled + long > width) { rows += 1; filled = 0; }
      filled += long;
    });
    return 26 * rows;
  }

  function heightOf(drawn, width) {
    var legend = legendHeight(drawn, width);
    if (drawn.kind === "bars") return 60 + legend + drawn.names.length * Math.max(30, 14 * drawn.series.length);
    if (drawn.kind === "intervals") return 60 + drawn.names.length * 42;
    return 290 + legend;
  }

  function draw(one, printing) {
    var width = printing ? PAPER : one.element.clientWidth;
    one.element.style.height = heightOf(one.drawn, width) + "px";
    one.chart.resize({ width: width, height: heightOf(one.drawn, width) });
    one.chart.setOption(options(one.drawn, width, printing), true);
  }

  function start(element) {
    var drawn;
    try { drawn = JSON.parse(element.getAttribute("data-chart") || "null"); } catch (error) { return; }
    if (!drawn || !drawn.names.length) return;
    element.closest("figure").hidden = false;
    element.style.minHeight = "0";
    var one = { element: element, drawn: drawn, width: element.clientWidth, chart: echarts.init(element, null, { renderer: "svg", width: element.clientWidth || 300, height: heightOf(drawn, element.clientWidth) }) };
    charts.push(one);
    draw(one, false);
    if ("ResizeObserver" in window) new ResizeObserver(function () {
      if (element.clientWidth && Math.abs(element.clientWidth - one.width) > 1 && !printing) { one.width = element.clientWidth; draw(one, false); }
    }).observe(element);
  }

  var printing = false;
  function again() { charts.forEach(function (one) { draw(one, printing); }); }
  window.addEventListener("beforeprint", function () { printing = true; again(); });
  window.addEventListener("afterprint", function () { printing = false; again(); });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  if (window.echarts) document.querySelectorAll("[data-chart]").forEach(start);
}());
