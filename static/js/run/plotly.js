// Brings Plotly in when the first chart is seen. The bundle is a plain script, not a module.

let loading = null;

export function plotly(address) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      loading = null;
      script.remove();
      reject(new Error("The chart library could not be loaded. Check the connection and try again."));
    };
    document.head.append(script);
  });
  return loading;
}
