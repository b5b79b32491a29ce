// vouch's one script. Every form works without it; it adds uploads with progress, live states, boxes and keys.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text || "" });
  document.documentElement.classList.add("script");
  // A link from an answer is followed only when it stays on this server.
  const ours = (url) => (typeof url === "string" && /^\/(?!\/)/.test(url) ? url : "/documents");

  // Menus close on a click elsewhere and on Escape.
  const popups = () => all("details.account[open], details.reject[open]");
  document.addEventListener("click", (event) => {
    popups().forEach((popup) => popup.contains(event.target) || popup.removeAttribute("open"));
  });

  // ---- Live states -------------------------------------------------------------------------------------------------
  // Rows in motion are asked after every second and a half, more slowly as time passes; a settled row makes the list
  // reload itself, so that supplier, total and findings appear. The open document's page reloads itself as a whole.
  const list = one("#list");
  const sheet = one("#document");
  let wait = 1500;
  let timer = 0;

  const refreshList = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = answer.ok && !answer.redirected
      && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#list");
    if (!fresh) return;
    const focused = document.activeElement?.closest?.("#list [data-document]")?.dataset.document;
    list.replaceChildren(...fresh.childNodes);
    if (focused) one(`[data-document="${CSS.escape(focused)}"] a`, list)?.focus();
  };

  const ask = async (element) => {
    const answer = await fetch(`/documents/${encodeURIComponent(element.dataset.document)}/state`, {
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) return false;
    const { state, label, settled } = await answer.json();
    const badge = one(".badge[data-state]", element);
    if (badge && badge.dataset.state !== state) {
      badge.dataset.state = state;
      badge.textContent = label;
      wait = 1500;
    }
    return settled;
  };

  const poll = async () => {
    const moving = all('[data-document][data-settled="false"]');
    let settled = [];
    // What fails here is the network; the next round tries again.
    if (!document.hidden) settled = await Promise.all(moving.slice(0, 50).map((element) => ask(element).catch(() => false)));
    if (settled.includes(true)) {
      if (sheet) return location.reload();
      await refreshList().catch(() => {});
      wait = 1500;
    }
    wait = Math.min(wait * 1.15, 10000);
    schedule();
  };
  const schedule = () => {
    clearTimeout(timer);
    if (one('[data-document][data-settled="false"]')) timer = setTimeout(poll, wait);
  };
  schedule();

  // ---- Uploads -----------------------------------------------------------------------------------------------------
  const upload = one("#upload");
  if (upload) {
    const words = upload.dataset;
    const csrf = one('meta[name="csrf"]').content;
    const waiting = [];
    let sending = 0;

    const outcome = (row, className, text, url, again) => {
      const place = one(".outcome", row);
      place.className = `outcome ${className}`;
      place.replaceChildren(text, " ");
      if (url) place.append(Object.assign(make("a", "", words.open), { href: ours(url) }));
      if (again) {
        const button = Object.assign(make("button", "quiet", words.again), { type: "button" });
        button.addEventListener("click", again);
        place.append(button);
      }
    };

    const answered = (row, request, again) => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // Not JSON: a proxy's page, treated as a failure below.
      }
      if (request.status >= 200 && request.status < 300 && answer.id) {
        one("progress", row).value = 100;
        outcome(row, "good", answer.duplicate ? words.duplicate : words.done, answer.url);
      } else {
        one("progress", row).value = 0;
        const again_helps = request.status === 0 || request.status >= 500 || request.status === 429;
        outcome(row, "bad", answer.error?.message || words.failed, null, again_helps ? again : null);
      }
    };

    const send = ({ file, row }) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      for (const name of ["destination", "category"]) body.append(name, upload.elements[name]?.value ?? "");
      body.append("file", file, file.name);
      request.open("POST", upload.getAttribute("action"));
      request.setRequestHeader("X-CSRF-Token", csrf);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) one("progress", row).value = (95 * event.loaded) / event.total;
      };
      request.onloadend = () => {
        sending -= 1;
        answered(row, request, () => add([file], row));
        next();
        if (sending === 0 && list) refreshList().then(schedule).catch(() => {});
      };
      outcome(row, "soft", words.sending);
      request.send(body);
    };

    const next = () => {
      while (sending < 3 && waiting.length > 0) {
        sending += 1;
        send(waiting.shift());
      }
    };

    const add = (files, oldRow) => {
      for (const file of files) {
        const row = oldRow || make("li", "");
        row.replaceChildren(make("span", "name", file.name), Object.assign(make("progress", ""), { max: 100, value: 0 }), make("span", "outcome"));
        one("progress", row).setAttribute("aria-label", file.name);
        if (!oldRow) one("#progress").append(row);
        if (file.size > Number(words.bytesMax)) {
          outcome(row, "bad", words.large);
        } else {
          outcome(row, "soft", words.waiting);
          waiting.push({ file, row });
        }
      }
      next();
    };

    for (const input of all('input[type="file"]', upload)) {
      input.addEventListener("change", () => {
        add([...input.files]);
        input.value = "";
      });
    }
    const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
    document.addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      upload.classList.add("over");
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget || upload.classList.remove("over"));
    document.addEventListener("drop", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      upload.classList.remove("over");
      add([...event.dataTransfer.files]);
    });
    document.addEventListener("paste", (event) => event.clipboardData?.files.length && add([...event.clipboardData.files]));
    addEventListener("beforeunload", (event) => sending > 0 && event.preventDefault());
  }

  // ---- One document: fields and their boxes, enlarging -------------------------------------------------------------
  const pages = one("#pages");
  if (pages) {
    const light = (names, on) => {
      for (const name of names) {
        all(`[data-field="${CSS.escape(name)}"]`).forEach((element) => element.classList.toggle("lit", on));
      }
    };
    const show = (name) => {
      const box = one(`rect[data-field="${CSS.escape(name)}"]`, pages);
      if (!box) return;
      const [frame, area] = [pages.getBoundingClientRect(), box.getBoundingClientRect()];
      if (area.top < frame.top + 24 || area.bottom > frame.bottom - 24) pages.scrollTop += area.top - frame.top - frame.height / 2;
      if (area.left < frame.left || area.right > frame.right) pages.scrollLeft += area.left - frame.left - frame.width / 2;
    };
    const namesOf = (element) => (element.dataset.field || element.dataset.fields || "").split(" ").filter(Boolean);
    for (const element of all(".field[data-field], rect[data-field], .findings [data-fields]")) {
      const names = namesOf(element);
      element.addEventListener("mouseenter", () => light(names, true));
      element.addEventListener("mouseleave", () => element.contains(document.activeElement) || light(names, false));
      element.addEventListener("focusin", () => {
        light(names, true);
        show(names[0]);
      });
      element.addEventListener("focusout", () => light(names, false));
    }

    const zoomButton = one("#zoom");
    // Keeps the point under the finger in the middle of the view.
    const zoom = (figure, x, y) => {
      const on = pages.classList.toggle("zoomed");
      zoomButton?.setAttribute("aria-pressed", String(on));
      if (!figure) return;
      pages.scrollLeft = figure.offsetLeft - pages.offsetLeft + figure.offsetWidth * x - pages.clientWidth / 2;
      pages.scrollTop = figure.offsetTop - pages.offsetTop + figure.offsetHeight * y - pages.clientHeight / 2;
    };
    zoomButton?.addEventListener("click", () => zoom(one(".sheet-page", pages), 0.5, 0));
    for (const figure of all(".sheet-page", pages)) {
      figure.addEventListener("click", (event) => {
        const field = event.target.closest("rect")?.dataset.field;
        const input = field && document.getElementById(`field-${field}`);
        if (input && !input.matches(":disabled")) return input.focus();
        const frame = figure.getBoundingClientRect();
        zoom(figure, (event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height);
      });
    }

    // What was typed is not lost by leaving: the browser asks.
    const form = one("#correct");
    let changed = false;
    form?.addEventListener("input", () => { changed = true; });
    document.addEventListener("submit", () => { changed = false; });
    addEventListener("beforeunload", (event) => changed && event.preventDefault());
  }

  // A form is sent once, however often it is clicked; coming back by the browser's history makes it live again.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) return event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // ---- Keys --------------------------------------------------------------------------------------------------------
  const go = (url) => url && location.assign(ours(url));
  const step = (by) => {
    if (sheet) return go(by > 0 ? sheet.dataset.next : sheet.dataset.previous);
    const links = all(".row-link");
    const at = links.indexOf(document.activeElement);
    links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + by))]?.focus();
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    a: () => one("#approve")?.requestSubmit(),
    r: () => {
      const reject = one("#reject");
      if (!reject) return;
      reject.open = true;
      one("textarea", reject).focus();
    },
    e: () => (one(".field:is([data-mark=missing], [data-mark=look]) :is(input, select):not(:disabled)") || one("#correct .field[data-field] input:not(:disabled)"))?.focus(),
    z: () => one("#zoom")?.click(),
    "?": () => one("#help")?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      popups().forEach((popup) => popup.removeAttribute("open"));
      document.activeElement?.blur?.();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || one("dialog[open]")) return;
    if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
    const key = keys[event.key];
    if (!key) return;
    event.preventDefault();
    key();
  });
})();
