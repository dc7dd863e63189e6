// What every widget page shares: the data, and the switches that a test turns through the address.
const asked = new URLSearchParams(location.search);
const prefix = asked.get("prefix");
const action = "/upload?mode=" + (asked.get("upload") || "ok");
const REASONS = [
  { value: "extort", label: "利用评价要挟/勒索" },
  { value: "rival", label: "同行恶意竞争" },
  { value: "ad", label: "广告评价", disabled: true },
  { value: "void", label: "无实际含义的评价" },
  { value: "fake", label: "消费者虚假评价" },
];
const GOODS = Array.from({ length: 200 }, (_, i) => ({ value: i + 1, label: "商品 " + String(i + 1).padStart(3, "0") }));
const KINDS = [
  { value: "a", label: "文字" },
  { value: "b", label: "图片", disabled: true },
  { value: "c", label: "视频" },
];
const order = (i) => ({ key: String(1000 + i), order: "69" + (10000 + i), text: "评价内容 " + i, status: i % 2 ? "可申诉" : "已申诉" });
const ORDERS = Array.from({ length: 45 }, (_, i) => order(i));
const COLUMNS = [
  { title: "订单号", dataIndex: "order" },
  { title: "评价内容", dataIndex: "text" },
  { title: "状态", dataIndex: "status" },
];
// What a person's clicks came to; tests read it.
window.done = [];
const note = (what) => window.done.push(what);
