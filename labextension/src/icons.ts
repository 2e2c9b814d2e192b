/** Our icons, drawn so that they follow the theme. */

import { LabIcon } from '@jupyterlab/ui-components';

const mesh = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.8">
    <path d="M6.5 7.5L17.5 6M6.5 7.5L8 17.5M17.5 6L18 16.5M8 17.5L18 16.5M6.5 7.5L18 16.5"/>
  </g>
  <g class="jp-icon3" fill="#616161">
    <circle cx="6" cy="7" r="2.8"/><circle cx="18" cy="6" r="2.8"/>
    <circle cx="8" cy="18" r="2.8"/><circle cx="18" cy="17" r="2.8"/>
  </g>
</svg>`;

const insertQuery = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="2" stroke-linecap="round">
    <path d="M4 6h16M4 12h9M4 18h7M18 12v9M13.5 16.5h9"/>
  </g>
</svg>`;

const promote = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16">
  <g class="jp-icon3" fill="none" stroke="#616161" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">
    <path d="M12 15V4M7.5 8.5L12 4l4.5 4.5M4 15v4.5h16V15"/>
  </g>
</svg>`;

export const meshIcon = new LabIcon({
  name: 'mesh-workbench:mesh',
  svgstr: mesh
});
export const insertQueryIcon = new LabIcon({
  name: 'mesh-workbench:insert-query',
  svgstr: insertQuery
});
export const promoteIcon = new LabIcon({
  name: 'mesh-workbench:promote',
  svgstr: promote
});
