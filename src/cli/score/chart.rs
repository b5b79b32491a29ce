//! The reliability diagram: for each bin of confidence a bar of the share that was right, and a line at the mean
//! confidence. The bins are columns of equal width, because most values lie near 1 and would share one pixel otherwise.

use super::{
    html::escape,
    reliability::{BINS, Bin, Bins, bin_name},
    share,
};

const WIDTH: u64 = 640;
const HEIGHT: u64 = 272;
const LEFT: u64 = 44;
const TOP: u64 = 16;
const PLOT_HEIGHT: u64 = 200;
const COLUMN: u64 = 74;
const BAR: u64 = 44;

/// The diagram as SVG, without script.
pub(super) fn diagram(title: &str, bins: &Bins) -> String {
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\n",
        escape(title)
    );
    for per_cent in [0, 25, 50, 75, 100] {
        let y = height_of(per_cent * 10);
        svg.push_str(&format!(
            "<path class=\"grid\" d=\"M{LEFT} {y}H{WIDTH}\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{per_cent} %</text>\n",
            LEFT - 6,
            y + 4
        ));
    }
    for ((left, bounds), bin) in (0_u64..).map(|index| LEFT + index * COLUMN).zip(BINS).zip(bins) {
        svg.push_str(&column(left, bounds, bin));
    }
    svg.push_str("</svg>\n");
    svg
}

fn column(left: u64, bounds: (u16, u16), bin: &Bin) -> String {
    let middle = left + COLUMN / 2;
    let foot = height_of(0);
    let mut svg = format!(
        "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n<text class=\"quiet\" x=\"{middle}\" y=\"{}\" \
         text-anchor=\"middle\">{} values</text>\n",
        foot + 20,
        bin_name(bounds),
        foot + 38,
        bin.values
    );
    if bin.values == 0 {
        return svg;
    }
    let top = height_of(bin.right * 1000 / bin.values);
    let mean = height_of(bin.confidence / bin.values);
    svg.push_str(&format!(
        "<rect class=\"bar\" x=\"{}\" y=\"{top}\" width=\"{BAR}\" height=\"{}\">\
         <title>{} right, {} sure on average</title></rect>\n\
         <path class=\"mean\" d=\"M{} {mean}h{}\"/>\n",
        middle - BAR / 2,
        foot - top,
        share::good(bin.right, bin.values),
        share::good(bin.confidence, bin.values * 1000),
        middle - BAR / 2 - 6,
        BAR + 12
    ));
    svg
}

/// Where so many thousandths are drawn, from the top.
fn height_of(per_mille: u64) -> u64 {
    TOP + PLOT_HEIGHT - per_mille.min(1000) * PLOT_HEIGHT / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_have_the_height_of_their_share() {
        let mut bins = Bins::default();
        bins[7] = Bin { values: 4, right: 3, confidence: 3992 };
        let svg = diagram("all & <more>", &bins);
        assert!(svg.contains("aria-label=\"all &amp; &lt;more&gt;\""), "{svg}");
        assert_eq!(svg.matches("class=\"bar\"").count(), 1);
        // 75 % of 200 above the foot at 216; the mean of 0.998 at 17.
        assert!(svg.contains("x=\"577\" y=\"66\" width=\"44\" height=\"150\""), "{svg}");
        assert!(svg.contains("d=\"M571 17h56\""), "{svg}");
        assert!(!svg.contains("<script"));
    }
}
