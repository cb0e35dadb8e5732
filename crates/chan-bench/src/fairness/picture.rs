//! The shares as bars: a panel for each scene, a group for each select, a bar for each ready case.

use std::path::Path;

use anyhow::Result;
use plotters::prelude::*;

use super::{SELECTS, Scene};

const SIZE: (u32, u32) = (900, 880);
const FONT: &str = "sans-serif";
/// Of the bars, in turn: they are told apart from their neighbours, not named.
const COLOURS: [RGBColor; 2] = [RGBColor(49, 104, 142), RGBColor(122, 174, 204)];

pub fn draw(path: &Path, scenes: &[(&Scene, Vec<Vec<f64>>)]) -> Result<()> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let panels = root.split_evenly((scenes.len(), 1));
    for (panel, (scene, shares)) in panels.iter().zip(scenes) {
        let top = shares.iter().flatten().copied().fold(0.0, f64::max).max(30.0) * 1.25;
        let mut chart = ChartBuilder::on(panel)
            .caption(format!("{}: share of each ready case, %", scene.title), (FONT, 17))
            .margin(8)
            .x_label_area_size(6)
            .y_label_area_size(36)
            .build_cartesian_2d(0.0..SELECTS.len() as f64, 0.0..top)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .x_labels(0)
            .y_labels(5)
            .y_label_formatter(&|share| format!("{share:.0}"))
            .label_style((FONT, 13))
            .draw()?;
        let fair = 100.0 / scene.ready.len() as f64;
        for (group, ((name, _), shares)) in SELECTS.iter().zip(shares).enumerate() {
            let left = group as f64;
            let width = 0.8 / shares.len() as f64;
            chart.draw_series(shares.iter().enumerate().map(|(bar, share)| {
                let from = left + 0.1 + width * bar as f64;
                let corners = [(from + 0.05 * width, 0.0), (from + 0.95 * width, *share)];
                Rectangle::new(corners, COLOURS[bar % COLOURS.len()].filled())
            }))?;
            chart.draw_series([Text::new(name.to_string(), (left + 0.1, top * 0.97), (FONT, 15))])?;
        }
        // What each would get.
        chart.draw_series([PathElement::new([(0.0, fair), (SELECTS.len() as f64, fair)], RED)])?;
    }
    root.present()?;
    Ok(())
}
